// An open page hears within two seconds that its session has ended: it closes, and sends nothing any more.
// Without JavaScript, or without this stream, the next request is refused all the same.
const source = document.body.dataset.watch;
const closed = document.querySelector("template[data-closed]");

function close(why) {
  if (document.querySelector("dialog.closed")) return;
  const dialog = closed.content.firstElementChild.cloneNode(true);
  for (const part of dialog.querySelectorAll("[data-why]")) {
    part.hidden = (part.dataset.why === "locked") !== (why === "locked");
  }
  if (why === "locked") document.querySelector("#main")?.replaceChildren();
  document.body.append(dialog);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  document.documentElement.dataset.closed = why;
  window.stop();
}

const stop = (event) => {
  if (!document.documentElement.dataset.closed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
};
for (const name of ["submit", "htmx:before:request", "beforeinput"]) document.addEventListener(name, stop, true);

async function ask() {
  // The stream was refused: either Countersign restarts, or the session is over and the answer leads to the sign-in page.
  const response = await fetch(source, { redirect: "manual", headers: { Accept: "text/event-stream" } }).catch(() => null);
  if (response && response.type === "opaqueredirect") { close("ended"); return; }
  setTimeout(watch, 3000);
}

function watch() {
  if (document.documentElement.dataset.closed) return;
  const stream = new EventSource(source);
  stream.addEventListener("ended", (event) => { stream.close(); close(event.data); });
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) ask(); });
  window.addEventListener("pagehide", () => stream.close(), { once: true });
}
if (source && closed) watch();
window.addEventListener("pageshow", (event) => { if (event.persisted && source && closed) watch(); });
