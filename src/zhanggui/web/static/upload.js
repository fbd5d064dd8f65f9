// Files may be dropped on the form; without this file they are chosen.
"use strict";
document.querySelectorAll("form[data-drop]").forEach((form) => {
  const input = form.querySelector("input[type=file]");
  form.querySelector(".drop-here").hidden = false;
  const over = (event, on) => { event.preventDefault(); form.classList.toggle("dropping", on); };
  form.addEventListener("dragover", (event) => over(event, true));
  form.addEventListener("dragleave", (event) => over(event, false));
  form.addEventListener("drop", (event) => {
    over(event, false);
    if (!event.dataTransfer || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.focus();
  });
});
