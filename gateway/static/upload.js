// A large file goes in pieces: a line that breaks, or a page that is left, costs one piece, not the file.
// Without scripts the form sends the file as it is.
"use strict";

const PIECE = 8 * 1024 * 1024;
const PAUSES = [1, 2, 4, 8, 16, 30]; // seconds; after the last the clerk decides

class Refusal extends Error {
  constructor(status, told) {
    super([told.title, told.detail].filter(Boolean).join(" ") || String(status));
    this.told = told;
  }
}

async function call(method, address, body, type) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = type || "application/json";
  const answer = await fetch(address, { method, headers, body });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  if (answer.status >= 500) throw new Error(String(answer.status)); // worth another try, like a broken line
  throw new Refusal(answer.status, told);
}

// The same file, chosen again in this browser, goes on where it stopped.
function keyOf(file) {
  return `upload ${file.name} ${file.size} ${file.lastModified}`;
}

async function begunUpload(base, file) {
  const known = localStorage.getItem(keyOf(file));
  if (known) {
    const found = await call("GET", `${base}/${known}`).catch((error) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
    if (found) return found;
  }
  const body = JSON.stringify({ filename: file.name.slice(-200), size: file.size });
  const begun = await call("POST", base, body);
  localStorage.setItem(keyOf(file), begun.upload_id);
  return begun;
}

async function sendPieces(base, file, tell) {
  let upload = await begunUpload(base, file);
  while (upload.received < file.size) {
    tell(upload.received);
    const piece = file.slice(upload.received, upload.received + PIECE);
    const address = `${base}/${upload.upload_id}/pieces?offset=${upload.received}`;
    upload = await call("POST", address, piece, "application/octet-stream").catch((error) => {
      if (error instanceof Refusal && error.told.code === "upload_offset") {
        return call("GET", `${base}/${upload.upload_id}`);
      }
      throw error;
    });
  }
  tell(file.size);
  return upload;
}

async function upload(form) {
  const file = form.elements.file.files[0];
  const [base, kind] = [form.dataset.upload, form.elements.kind.value];
  const box = form.querySelector("[data-progress]");
  const [bar, words] = [box.querySelector("progress"), box.querySelector("span")];
  const button = form.querySelector("button");
  let [sent, failures] = [0, 0];
  const percent = () => Math.floor((100 * sent) / file.size);
  const tell = (received) => {
    if (received > sent) failures = 0;
    sent = received;
    bar.value = percent();
    words.textContent = `${percent()}%`;
  };
  box.hidden = false;
  button.disabled = true;
  for (;;) {
    try {
      const whole = await sendPieces(base, file, tell);
      const query = new URLSearchParams({ kind });
      const preview = form.elements.preview;
      if (preview && preview.checked) query.set("preview", "true");
      const taken = await call("POST", `${base}/${whole.upload_id}/import?${query}`, "{}");
      localStorage.removeItem(keyOf(file));
      return location.assign(`${location.pathname}/${taken.import_id}`);
    } catch (error) {
      const isOver = error instanceof Refusal || failures >= PAUSES.length;
      const said = isOver ? form.dataset.failed : form.dataset.again;
      words.textContent = error instanceof Refusal ? error.message : said.replace("{n}", percent());
      if (error instanceof Refusal && error.told.code === "upload_too_long") localStorage.removeItem(keyOf(file));
      if (isOver) break;
      await new Promise((wake) => setTimeout(wake, PAUSES[failures] * 1000));
      failures += 1;
    }
  }
  button.disabled = false;
}

document.querySelectorAll("[data-upload]").forEach((form) => form.addEventListener("submit", (event) => {
  if (!form.elements.file.files[0] || !form.elements.kind.value) return; // the server says what is missing
  event.preventDefault();
  upload(form);
}));
