// What makes the pages livelier. Every page works without it.
"use strict";

const json = { "Content-Type": "application/json" };

// A dialog that the server opened becomes a modal one: focus stays inside, Escape closes it.
function openModally(dialog) {
  dialog.removeAttribute("open");
  dialog.showModal();
}

// A new picture code without losing what was typed.
async function newPicture(link) {
  const answer = await fetch("/api/v1/picture-codes", { method: "POST", headers: json, body: "{}" });
  if (!answer.ok) return location.assign(link.href);
  const { picture_id, png_base64, answer: solution } = await answer.json();
  const picture = document.getElementById("picture");
  picture.src = `data:image/png;base64,${png_base64}`;
  if (solution) picture.dataset.answer = solution;
  document.getElementById("picture_id").value = picture_id;
  document.getElementById("picture_code").value = "";
  document.getElementById("picture_code").focus();
}

// 获取验证码: ask for the code, then count down until it may be asked for again.
async function requestSmsCode(button) {
  const said = document.querySelector("[data-sms-said]");
  const body = { purpose: button.dataset.purpose };
  for (const id of button.dataset.fields.split(" ")) {
    body[id] = document.getElementById(id).value.trim().toUpperCase();
  }
  button.disabled = true;
  const answer = await fetch(button.dataset.sms, { method: "POST", headers: json, body: JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) {
    said.textContent = said.dataset.sent;
    countDown(button, told.resend_after_seconds);
  } else {
    const wrong = Object.keys(told.fields || {}).map((id) => document.getElementById(`${id}-hint`));
    said.textContent = wrong.map((hint) => hint && hint.textContent).filter(Boolean).join(" ")
      || [told.title, told.detail].join(" ").trim() || said.dataset.failed;
    button.disabled = false;
  }
}

function countDown(button, seconds) {
  const words = button.textContent;
  button.disabled = true;
  const end = Date.now() + seconds * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.textContent = left > 0 ? button.dataset.wait.replace("{n}", left) : words;
    if (left <= 0) {
      clearInterval(timer);
      button.disabled = false;
    }
  }, 250);
}

// 全选, and how many are chosen.
function watchSelection(form) {
  const boxes = [...form.querySelectorAll("[name=todo_ids]")];
  const all = form.querySelector("[data-all]");
  const selected = form.querySelector("[data-selected]");
  if (!all) return;
  const words = selected.textContent;
  const refresh = () => {
    const count = boxes.filter((box) => box.checked).length;
    selected.textContent = words.replace("{n}", count);
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  all.hidden = selected.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    refresh();
  });
  boxes.forEach((box) => box.addEventListener("change", refresh));
  refresh();
}

// Something is under way: read the page again and put the fresh part in place, until it is over.
async function followProgress() {
  const place = document.querySelector("[data-live]");
  if (!place) return;
  await new Promise((wake) => setTimeout(wake, 1500));
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return followProgress();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("live");
  if (!fresh) return location.reload();
  if (!fresh.hasAttribute("data-live") && place.dataset.live === "reload") return location.reload();
  place.replaceWith(fresh);
  return followProgress();
}

// A value that is shown once can be taken along. Only where the page came safely.
function offerToCopy(button) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.parentElement.nextElementSibling.textContent = button.dataset.done;
  });
}

// Another choice says something else of the page: ask for it as its button would.
function refreshOnChange(field) {
  const button = document.getElementById(field.dataset.refresh);
  field.addEventListener("change", () => field.form.requestSubmit(button));
}

document.querySelectorAll("[data-copy]").forEach(offerToCopy);
document.querySelectorAll("[data-refresh]").forEach(refreshOnChange);
document.querySelectorAll("dialog[open]").forEach(openModally);
document.querySelectorAll("[data-left]").forEach((button) => countDown(button, Number(button.dataset.left)));
document.querySelectorAll("[data-selection]").forEach(watchSelection);
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-new-picture]");
  const button = event.target.closest("[data-sms]");
  if (!link && !button) return;
  event.preventDefault();
  if (link) newPicture(link);
  else requestSmsCode(button);
});
followProgress();
