// What is shown once leaves the page with the reader, and a code when it is over: nothing of it is there on the way back.
function forget() {
  for (const element of document.querySelectorAll("[data-once]")) {
    const note = element.parentElement.querySelector(".gone");
    element.remove();
    if (note) note.hidden = false;
  }
}
window.addEventListener("pagehide", forget);
window.addEventListener("pageshow", (event) => { if (event.persisted) forget(); });
const ends = document.querySelector("[data-once][data-gone-at]");
if (ends) setTimeout(forget, Math.max(0, new Date(ends.dataset.goneAt) - Date.now()));
