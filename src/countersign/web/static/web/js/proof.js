// Whatever changes something carries a proof by a key of this very browser, which script cannot take out of it: a cookie
// that was copied elsewhere changes nothing there. The key is made right after signing in. See `people/proofs.py`.
const words = document.body.dataset;
const ahead = Number(words.at) * 1000 - Date.now(); // between the server's clock and this browser's
const DOMAIN = "countersign/session-proof/v1";
const FIELD = "session_proof";
const encoder = new TextEncoder();

const bytesOf = (text) => encoder.encode(text);
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const digest = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const settled = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
async function keys(mode) {
  const asked = indexedDB.open("countersign", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
  return (await settled(asked)).transaction("keys", mode).objectStore("keys");
}

async function signed(key, parts) {
  const at = Math.round(Date.now() + ahead);
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const message = bytesOf([DOMAIN, ...parts, at, nonce].join("\n"));
  return `${at}.${nonce}.${base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message))}`;
}

async function begin() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const key = base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
  const named = await digest(bytesOf(key));
  await settled((await keys("readwrite")).put(pair.privateKey, named.slice(0, 16)));
  const response = await fetch("/me/proof/", {
    method: "POST",
    headers: {
      "Accept": "application/json", "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify({ key, proof: await signed(pair.privateKey, ["BIND", "", named]) }),
  });
  if (response.status === 409) return begin(); // another page of this browser was first, at this very moment
  return response.ok ? kept((await response.json()).mark) : null;
}
const kept = async (mark) => settled((await keys("readonly")).get(mark));

const ready = !words.proof || !window.indexedDB || !crypto.subtle ? Promise.resolve(null)
  : (words.proof === "new" ? begin() : kept(words.proof)).catch(() => null);

// The proof for a request with a body of text, or an empty text where this browser has no key.
async function proofOf(method, address, body) {
  const key = await ready;
  const url = new URL(address, location.href);
  return key ? signed(key, [method, url.pathname + url.search, await digest(bytesOf(body))]) : "";
}

async function fieldsOf(form, submitter) {
  const fields = [];
  for (const [name, value] of new FormData(form, submitter)) {
    if (name === FIELD) continue;
    if (typeof value === "string") fields.push([name, value.replace(/\r\n?|\n/g, "\r\n"), 0]);
    else if (value.name || value.size) fields.push([name, await digest(await value.arrayBuffer()), 1]);
  }
  return fields.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[2] - b[2]));
}

// Put a proof into a form that is about to be sent.
async function prove(form, submitter = null) {
  const key = await ready;
  if (!key) return;
  const text = (await fieldsOf(form, submitter))
    .map(([name, value]) => `${bytesOf(name).length}:${name}${bytesOf(value).length}:${value}`).join("");
  const address = submitter?.hasAttribute("formaction") ? submitter.formAction : form.getAttribute("action") || location.href;
  const url = new URL(address, location.href);
  form.querySelector(`input[name=${FIELD}]`)?.remove();
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: FIELD });
  field.value = await signed(key, ["POST", url.pathname + url.search, await digest(bytesOf(text))]);
  form.append(field);
}

globalThis.proofs = { proofOf, prove }; // for the module that asks passkeys

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const is_post = (submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "").toLowerCase() === "post";
  if (!words.proof || !is_post || form.hasAttribute("data-unproven") || form.querySelector(`input[name=${FIELD}]`)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.proving) return;
  form.dataset.proving = "true";
  await prove(form, submitter).catch(() => null);
  delete form.dataset.proving;
  if (!form.querySelector(`input[name=${FIELD}]`)) form.dataset.unproven = ""; // no key: the server asks for the second factor
  setTimeout(() => form.requestSubmit(submitter)); // a form is not sent anew while its event is still under way
}, true);
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll(`input[name=${FIELD}]`)) field.remove();
});
