// Small comforts; every page works without this file.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.hasAttribute("data-once")) return;
  // A second press while the sound is being made would send it twice.
  if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[aria-busy]").forEach((one) => one.removeAttribute("aria-busy"));
});
document.addEventListener("htmx:afterSwap", (event) => {
  const audio = event.target.querySelector ? event.target.querySelector("audio[data-play]") : null;
  if (audio) audio.play().catch(() => {});
});
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.name !== "villages") return;
  box.closest("fieldset").querySelectorAll("input[name=devices]").forEach((one) => { one.checked = box.checked; });
});
