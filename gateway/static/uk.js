// 数字证书登录: asks the UK middleware on this machine (GM/T 0020, over HTTP on the loopback) for the certificates
// there are, has it sign a challenge of ours, and sends the form with the signature. The PIN goes to the middleware
// only. The page has:
//
//   <section data-uk-agent="http://127.0.0.1:18999" data-challenge="/api/v1/certificate-challenges" hidden>
//     <select data-uk-list>          the certificates
//     <input type="password" data-uk-pin>                 without a name: it is never sent to us
//     <button type="button" data-uk-sign>
//     <button type="button" data-uk-retry hidden>         looks for the middleware again
//     <p role="status" data-uk-said                       what is told, in these words:
//        data-looking      looking for the middleware
//        data-missing      the middleware does not answer: how to install and start it
//        data-empty        no certificate: plug the UK in
//        data-ready        choose a certificate, enter the PIN
//        data-signing      the UK signs
//        data-no-pin       the PIN is empty
//        data-pin-wrong    {n} tries are left
//        data-pin-locked   no tries are left: who unlocks it
//        data-origin       the address in the browser is another than ours: open the page by its own link
//        data-failed       anything else: try again
//     >
//     <form method="post"> with the hidden inputs challenge_id and signature
//
// The section is shown by this script; without it nothing could be signed.
"use strict";

document.querySelectorAll("[data-uk-agent]").forEach(start);

function start(section) {
  const part = (name) => section.querySelector(`[data-uk-${name}]`);
  const [list, pin, sign, retry, said] = ["list", "pin", "sign", "retry", "said"].map(part);
  const form = section.querySelector("form");
  const words = said.dataset;
  let isBusy = false;

  section.hidden = false;
  sign.addEventListener("click", () => busy(comeIn));
  retry.addEventListener("click", () => busy(look));
  pin.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    busy(comeIn);
  });
  busy(look);

  // One thing at a time; what goes wrong is told.
  async function busy(act) {
    if (isBusy) return;
    isBusy = sign.disabled = retry.disabled = true;
    await act().catch(tell);
    isBusy = retry.disabled = false;
    sign.disabled = !list.options.length;
  }

  async function look() {
    said.textContent = words.looking;
    retry.hidden = true;
    list.replaceChildren();
    const lines = (await call("SOF_GetUserList")).split("&&&").filter(Boolean);
    list.replaceChildren(...lines.map((line) => new Option(...line.split("||"))));
    said.textContent = lines.length ? words.ready : words.empty;
    retry.hidden = lines.length > 0;
  }

  async function comeIn() {
    const certificate = { CertID: list.value };
    if (!list.value) return look();
    if (!pin.value) return said.textContent = words.noPin, pin.focus();
    said.textContent = words.signing;
    const entered = pin.value;
    pin.value = "";
    await call("SOF_Login", { ...certificate, PassWd: entered });
    const { challenge_id, text } = await challenge();
    form.elements.signature.value = await call("SOF_SignDataByP7", { ...certificate, InData: text });
    form.elements.challenge_id.value = challenge_id;
    await call("SOF_Logout", certificate).catch(() => null);
    form.submit();
  }

  // A method of the middleware. A browser may first ask its user whether the page may talk to this machine.
  async function call(method, values = {}) {
    const answer = await post(`${section.dataset.ukAgent}/${method}`, values).catch(() => null);
    if (!answer) throw { code: "missing" };
    const { retVal, error } = await answer.json();
    if (retVal === null || retVal === false || retVal === undefined) throw { code: error };
    return retVal;
  }

  async function challenge() {
    const answer = await post(section.dataset.challenge, {});
    const told = await answer.json();
    if (!answer.ok) throw { words: [told.title, told.detail].join(" ").trim() };
    return told;
  }

  async function tell(trouble) {
    const told = {
      missing: words.missing,
      certificate_unknown: words.empty,
      pin_locked: words.pinLocked,
      origin_differs: words.origin,
    };
    retry.hidden = !["missing", "certificate_unknown"].includes(trouble.code);
    said.textContent = told[trouble.code] || trouble.words || words.failed;
    if (trouble.code !== "pin_wrong") return;
    said.textContent = await triesLeft();
    pin.focus();
  }

  async function triesLeft() {
    const left = await call("SOF_GetPinRetryCount", { CertID: list.value }).catch(() => "?");
    return left === 0 ? words.pinLocked : words.pinWrong.replace("{n}", left);
  }
}

function post(address, values) {
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(60000);
  return fetch(address, { method: "POST", headers, body: JSON.stringify(values), signal });
}
