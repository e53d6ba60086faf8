// The tick box opens the policy statement in a dialog; after ten seconds it can be closed as read.
// The server keeps the clock: what is counted here is only for the eye.
"use strict";

const READING_SECONDS = 10;
const box = document.getElementById("agreed");

if (box) {
  document.querySelectorAll("[data-no-script]").forEach((button) => { button.hidden = true; });
  box.addEventListener("click", onTick);
  const shown = document.getElementById("statement");
  if (shown) watch(shown);
}

async function onTick(event) {
  if (!box.checked || box.dataset.read) return;
  event.preventDefault();
  const shown = document.getElementById("statement");
  if (shown) return shown.showModal();
  const form = document.getElementById("open-statement");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const statement = page.getElementById("statement");
  if (!statement) return form.submit();
  document.getElementById("statement-place").replaceChildren(statement);
  statement.removeAttribute("open");
  statement.showModal();
  watch(statement);
}

function watch(dialog) {
  const answer = document.getElementById("answer");
  answer.elements.reading.value = dialog.dataset.reading;
  answer.elements.reading_id.value = dialog.dataset.readingId;
  const button = dialog.querySelector("button");
  const words = dialog.querySelector("[data-ready]");
  const end = Date.now() + Number(dialog.dataset.seconds) * 1000;
  button.disabled = true;
  const tick = () => {
    const left = Math.max(0, (end - Date.now()) / 1000);
    dialog.querySelector(".ring b").textContent = Math.ceil(left) || "✓";
    const done = 100 * (1 - left / READING_SECONDS);
    dialog.querySelector(".ring-done").setAttribute("stroke-dasharray", `${done} 100`);
    if (left > 0) return;
    clearInterval(timer);
    button.disabled = false;
    words.textContent = words.dataset.ready;
    document.querySelector("[data-said]").textContent = words.dataset.ready;
  };
  const timer = setInterval(tick, 200);
  tick();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "read" || button.disabled) return;
    box.checked = true;
    box.dataset.read = "yes";
    box.focus();
  });
}
