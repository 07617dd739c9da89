// Passkeys: signing in, enrolling one, signing a statement. One button, described by its data attributes:
//   data-passkey="get" or "create"
//   data-options   where to POST for the options (the fields of the button's form travel as JSON), or
//   data-options-get   where to GET them, or   data-options-json   the id of a JSON block on the page
//   data-submit    where to POST the credential as JSON, answered with {ok, next, say};
//                  without it the credential goes into the form's field `credential` and the form is sent.
// What came of it is said in the nearest [role=status].
const words = document.body.dataset;
const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

class Told extends Error {}

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (response.ok && answer.ok !== false) return answer;
  throw new Told([answer.what, answer.remedy].filter(Boolean).join(" ") || words.sayFault);
}

async function post(url, content) {
  const body = JSON.stringify(content);
  const headers = { "Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() };
  const proof = await globalThis.proofs?.proofOf("POST", url, body); // not before somebody is signed in
  if (proof) headers["X-Session-Proof"] = proof;
  return answerOf(await fetch(url, { method: "POST", headers, body }));
}

function fieldsOf(form) {
  if (!form) return {};
  const entries = [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && !["csrfmiddlewaretoken", "credential"].includes(name));
  return Object.fromEntries(entries);
}

async function optionsFor(button) {
  const { options, optionsGet, optionsJson } = button.dataset;
  const found = optionsJson ? JSON.parse(document.getElementById(optionsJson).textContent)
    : optionsGet ? await answerOf(await fetch(optionsGet, { headers: { Accept: "application/json" } }))
      : await post(options, fieldsOf(button.form));
  const inner = found.request_options ?? found.creation_options ?? found.options ?? found;
  return inner.publicKey ?? inner;
}

async function touch(button) {
  const json = await optionsFor(button);
  if (button.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
    return navigator.credentials.create({ publicKey });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
}

async function finish(button, credential) {
  if (!button.dataset.submit) {
    button.form.elements.credential.value = JSON.stringify(credential.toJSON());
    await globalThis.proofs?.prove(button.form);
    button.form.submit();
    return { next: "here" };
  }
  const fields = fieldsOf(button.form);
  const extra = Object.keys(fields).length ? { fields } : {};
  const answer = await post(button.dataset.submit, { ...credential.toJSON(), ...extra });
  if (answer.next) location.assign(answer.next);
  return answer;
}

const outcomeOf = (button) =>
  button.closest("[data-passkey-area], form, .decide, .card, main")?.querySelector("[role=status]");

function why(error) {
  if (error instanceof Told) return error.message;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return words.sayCancelled;
  if (error.name === "InvalidStateError") return words.sayKnownKey;
  if (error.name === "TypeError") return words.sayOffline;
  return words.sayFault;
}

function tell(outcome, ok, text) {
  if (!outcome) return;
  outcome.dataset.ok = ok;
  outcome.textContent = text;
}

async function run(button) {
  const outcome = outcomeOf(button);
  if (button.form && !button.form.reportValidity()) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  tell(outcome, "", words.sayTouch);
  try {
    const answer = await finish(button, await touch(button));
    tell(outcome, "true", answer.say ?? (answer.next ? "" : words.sayDone));
    if (!answer.next) return;
  } catch (error) {
    tell(outcome, "false", why(error));
    button.disabled = false;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

const canSign = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!canSign) tell(outcomeOf(button), "false", words.sayNoPasskeys);
  button.disabled = !canSign;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-passkey]");
  if (!button || button.disabled) return;
  event.preventDefault();
  run(button);
});
