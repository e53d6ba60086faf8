// Hears nudges of the push process and shows the pop-up at once. A nudge carries nothing and may be lost:
// whatever happens, the page asks the gateway for what is open.
"use strict";

const settings = document.currentScript.dataset;
const IDLE_LIMIT = 14 * 60 * 1000; // beyond this nobody is here: the session may end
let lastTouched = Date.now();
let source = null;
let pause = 1000;
let isBack = false;

for (const kind of ["pointerdown", "keydown", "scroll"]) {
  addEventListener(kind, () => { lastTouched = Date.now(); }, { passive: true });
}
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
rememberPopup(document.getElementById("popup"));
start();

function start() {
  if (source || document.hidden) return;
  source = new EventSource(settings.events, { withCredentials: true });
  source.addEventListener("open", () => {
    pause = 1000;
    if (isBack) showPopup(); // what was said in between is lost
    isBack = true;
  });
  source.addEventListener("prompts", showPopup);
  source.addEventListener("expired", renew); // the session is about to run out
  source.addEventListener("error", () => { if (source?.readyState === EventSource.CLOSED) renew(); });
}

function stop() {
  source?.close();
  source = null;
}

// The session lives for a minute; while somebody is here the gateway renews it, and we listen again.
async function renew() {
  stop();
  if (Date.now() - lastTouched > IDLE_LIMIT) return;
  const answer = await fetch(settings.session).catch(() => null);
  if (answer && answer.status === 401) return;
  if (!answer || !answer.ok) {
    await new Promise((wake) => setTimeout(wake, pause));
    pause = Math.min(pause * 2, 30000);
  }
  start();
}

// Each prompt pops up once in a browser tab; 取消 means: later, from the messages.
function rememberPopup(dialog) {
  if (dialog) sessionStorage.setItem(`prompt ${dialog.dataset.prompt}`, "shown");
}

async function showPopup() {
  if (document.querySelector("dialog[open]")) return;
  const answer = await fetch(settings.popup).catch(() => null);
  if (!answer || answer.status !== 200) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const dialog = page.getElementById("popup");
  if (!dialog || sessionStorage.getItem(`prompt ${dialog.dataset.prompt}`)) return;
  if (location.pathname === dialog.querySelector("a").getAttribute("href")) return;
  rememberPopup(dialog);
  document.getElementById("popup")?.remove();
  dialog.removeAttribute("open");
  document.body.append(dialog);
  dialog.showModal();
}
