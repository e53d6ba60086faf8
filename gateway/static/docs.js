"use strict";

window.addEventListener("load", () => {
  const place = document.getElementById("swagger");
  window.SwaggerUIBundle({ url: place.dataset.url, domNode: place, deepLinking: true });
});
