(() => {
  "use strict";
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details.legend:not([open])"));
    for (const d of opened) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });
  const box = document.getElementById("lightbox");
  if (!box || !box.showModal) return;
  const stage = document.getElementById("stage");
  const links = Array.from(document.querySelectorAll("a.zoom"));
  let at = 0;
  const show = (i) => {
    at = (i + links.length) % links.length;
    const figure = links[at].closest("figure");
    stage.replaceChildren(figure.querySelector(".frame").cloneNode(true), figure.querySelector("figcaption").cloneNode(true));
    for (const d of stage.querySelectorAll("details")) d.open = true;
  };
  links.forEach((link, i) => link.addEventListener("click", (event) => {
    event.preventDefault();
    show(i);
    box.showModal();
  }));
  document.getElementById("back").addEventListener("click", () => show(at - 1));
  document.getElementById("next").addEventListener("click", () => show(at + 1));
  document.getElementById("close").addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => links[at].focus());
  const step = { ArrowLeft: -1, ArrowRight: 1 };
  document.addEventListener("keydown", (event) => {
    if (!step[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    const here = links.indexOf(document.activeElement);
    if (box.open) show(at + step[event.key]);
    else if (here >= 0 && links[here + step[event.key]]) links[here + step[event.key]].focus();
    else return;
    event.preventDefault();
  });
})();
