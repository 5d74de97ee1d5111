// The numbered codes under the thumb: what the digits are on a keyboard.

/** `codeOf(id)` is a code of the tree; `chosen(id)` hears a tap. */
export function openChips({ box, slots, codeOf, chosen }) {
  let drawn = "";

  function chip(code) {
    const button = document.createElement("button");
    const swatch = document.createElement("span");
    Object.assign(button, { type: "button", className: "chip", textContent: code.label });
    button.dataset.chip = code.id;
    swatch.className = `swatch ${code.look}`;
    button.prepend(swatch);
    return button;
  }

  // A tap must not take the selection away from the text.
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-chip]");
    if (button) chosen(button.dataset.chip);
  });

  return {
    /** The numbers were given anew. A code keeps its place, so that the thumb can learn it. */
    draw() {
      const codes = slots.inOrder().map(codeOf).filter(Boolean);
      const now = codes.map((code) => `${code.id} ${code.label}`).join("\n");
      if (now === drawn) return;
      drawn = now;
      box.replaceChildren(...codes.map(chip));
      box.hidden = !codes.length;
    },
  };
}
