// Composing: the network's own count while one types, saving by itself, a preview of what was saved, and pictures
// dropped onto the page. Requests that save follow one another, so that each knows what the one before it wrote.
const words = document.body.dataset;
const form = document.querySelector("form[data-compose]");
const previews = form.querySelector(".previews");
const saved = form.querySelector(".saved");
const before = saved.textContent.trim();
const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const json = () => ({ "Accept": "application/json", "X-CSRFToken": csrf() });
let unsaved = false;
let queue = Promise.resolve();

function later(milliseconds, deed) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => deed(...given), milliseconds); };
}
const sentence = (answer) => [answer.what, answer.remedy].filter(Boolean).join(" ");

// The count is the server's, by the network's own rules.
async function count(area) {
  const body = new URLSearchParams({ account: area.dataset.account, text: area.value });
  const response = await fetch(form.dataset.countUrl, { method: "POST", headers: json(), body }).catch(() => null);
  if (!response?.ok || body.get("text") !== area.value) return;
  const { count: now, limit } = await response.json();
  const wording = area.closest(".wording");
  const shown = wording.querySelector(".counter");
  shown.querySelector("output").textContent = now;
  shown.toggleAttribute("data-over", now > limit);
  wording.querySelector(".meter").toggleAttribute("data-over", now > limit);
  wording.querySelector(".meter rect").setAttribute("width", Math.min(100, (100 * now) / limit));
}
for (const area of form.querySelectorAll("textarea[data-account]")) {
  area.addEventListener("input", later(250, () => count(area)));
}

// Saving by itself. A failure is said, and tried again with the next change.
function say(state, text) {
  saved.dataset.state = state;
  saved.querySelector("span").textContent = text;
}
function typed() {
  const body = new FormData(form);
  body.delete("picture");
  return body;
}
function moved(urls) {
  form.action = urls.save;
  for (const [name, url] of Object.entries(urls)) form.dataset[`${name}Url`] = url;
  history.replaceState(null, "", urls.save);
}
async function save() {
  say("saving", words.saySaving);
  const response = await fetch(form.dataset.autosaveUrl, { method: "POST", headers: json(), body: typed() }).catch(() => null);
  if (!response) { say("failed", words.sayUnsaved); return; }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) { say("failed", sentence(answer) || words.sayFault); return; }
  unsaved = false;
  if (!answer.saved_at) { say("saved", before); await preview(); return; } // nothing is written yet, so nothing is kept
  if (answer.urls) moved(answer.urls);
  if (answer.saved_at) for (const seen of form.querySelectorAll("input[name=seen]")) seen.value = answer.saved_at;
  const at = new Date(answer.saved_at ?? Date.now());
  say("saved", `${words.saySaved} ${at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`);
  await preview();
}
async function preview() {
  const headers = { "Accept": "text/html", "HX-Request": "true", "X-CSRFToken": csrf() };
  const response = await fetch(form.dataset.previewUrl, { method: "POST", headers, body: typed() }).catch(() => null);
  if (response?.ok) previews.replaceChildren(...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes);
}
const saveSoon = later(1200, () => {
  if (form.dataset.sent) return;
  saving += 1;
  queue = queue.then(save).finally(() => { saving -= 1; });
});
form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  unsaved = true;
  saveSoon();
});
// Sending waits for a saving under way: its answer says what the form has seen, without which the two would seem at odds.
let saving = 0;
form.addEventListener("submit", (event) => {
  if (!saving) return;
  event.preventDefault();
  const { submitter } = event;
  queue.finally(() => form.requestSubmit(submitter));
}, true);
window.addEventListener("beforeunload", (event) => { if (unsaved && !form.dataset.sent) event.preventDefault(); });

// Pictures: dropped or chosen, sent with what has been typed, shown as they will go out.
const drop = form.querySelector(".drop");
const input = drop?.querySelector("input[type=file]");
const send = (file) => new Promise((done) => {
  const body = typed();
  body.set("picture", file);
  const request = new XMLHttpRequest();
  const bar = drop.querySelector("progress");
  const said = drop.querySelector("[role=status]");
  bar.hidden = false;
  said.textContent = words.sayCleaning;
  request.upload.addEventListener("progress", (event) => { bar.value = event.loaded / event.total; });
  request.addEventListener("error", () => { bar.hidden = true; said.textContent = words.sayOffline; done(); });
  request.addEventListener("load", () => {
    const answer = request.responseText.startsWith("{") ? JSON.parse(request.responseText) : {};
    if (request.status < 400) {
      unsaved = false;
      location.assign(answer.next ?? location.href);
      return;
    }
    bar.hidden = true;
    said.textContent = sentence(answer) || words.sayFault;
    done();
  });
  request.open("POST", form.dataset.uploadUrl);
  for (const [name, value] of Object.entries(json())) request.setRequestHeader(name, value);
  request.send(body);
});
const sendNext = (file) => { if (file) queue = queue.then(() => send(file)); };
input?.addEventListener("change", () => sendNext(input.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop?.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", kind === "dragover");
    if (kind === "drop") sendNext(event.dataTransfer.files[0]);
  });
}
