// The text of a file with numbered lines, some of which can be chosen: a listbox whose options are
// lines. Tells onSelect of {first, last}, or null.

import { byId, el, movedBy } from "./dom.js";

const kShownLines = 4000; // more would make the browser slow

export class CodeView {
  #place = byId("code");
  #lines = [];
  #anchor = null; // index of the line where the choice began
  #active = 0;
  #dragging = false; // over lines, from a number on
  #onSelect;

  constructor(onSelect) {
    this.#onSelect = onSelect;
    this.#place.addEventListener("keydown", (event) => this.#onKey(event));
    this.#place.addEventListener("pointerdown", (event) => this.#onNumber(event));
    this.#place.addEventListener("pointerover", (event) => this.#onDrag(event));
    this.#place.addEventListener("click", (event) => this.#onText(event));
    document.addEventListener("pointerup", () => {
      this.#dragging = false;
    });
  }

  // Returns how many lines are shown.
  show(text) {
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    this.#lines = lines.slice(0, kShownLines).map((line, index) =>
      el("div", { role: "option", id: `line-${index + 1}`, "data-index": index,
        "aria-selected": "false" }, el("span", { class: "number" }, String(index + 1)),
      el("span", { class: "text" }, line || " ")));
    this.#place.replaceChildren(...this.#lines);
    this.#place.scrollTop = 0;
    this.#anchor = null;
    this.#active = 0;
    this.#mark(null);
    return this.#lines.length;
  }

  // Shows a choice that was made elsewhere; of lines that are not shown, what is.
  select(range) {
    this.#anchor = range ? range.first - 1 : null;
    if (range) this.#active = Math.min(range.last, Math.max(this.#lines.length, 1)) - 1;
    this.#mark(range);
    if (range) this.#lines[range.first - 1]?.scrollIntoView({ block: "nearest" });
  }

  focus() {
    this.#place.focus();
  }

  #mark(range) {
    this.#lines.forEach((line, index) => {
      const chosen = range !== null && index + 1 >= range.first && index + 1 <= range.last;
      line.setAttribute("aria-selected", String(chosen));
      line.classList.toggle("active", index === this.#active);
    });
    if (this.#lines.length === 0) this.#place.removeAttribute("aria-activedescendant");
    else this.#place.setAttribute("aria-activedescendant", `line-${this.#active + 1}`);
  }

  #choose(index, extend) {
    if (!extend || this.#anchor === null) this.#anchor = index;
    this.#active = index;
    const range = {
      first: Math.min(this.#anchor, index) + 1,
      last: Math.max(this.#anchor, index) + 1,
    };
    this.#mark(range);
    this.#onSelect(range);
  }

  // Numbers choose lines; the text beside them can be marked and copied as anywhere.
  #onNumber(event) {
    if (event.button !== 0 || !event.target.closest(".number")) return;
    event.preventDefault();
    this.#place.focus({ preventScroll: true });
    this.#dragging = true;
    this.#choose(indexAt(event), event.shiftKey);
  }

  #onDrag(event) {
    const index = indexAt(event);
    if (this.#dragging && index !== null) this.#choose(index, true);
  }

  #onText(event) {
    const isClick = event.target.closest(".text") && getSelection().isCollapsed;
    if (isClick) this.#choose(indexAt(event), event.shiftKey);
  }

  #onKey(event) {
    if (event.key === "Escape" && this.#anchor !== null) {
      this.select(null);
      this.#onSelect(null);
      event.stopPropagation();
      return;
    }
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      return this.#choose(this.#active, event.shiftKey);
    }
    const moved = movedBy(event, this.#active, this.#lines.length);
    if (moved === null || this.#lines.length === 0) return;
    event.preventDefault();
    if (event.shiftKey) {
      this.#anchor ??= this.#active;
      this.#choose(moved, true);
    } else {
      this.#active = moved;
      this.#mark(this.#rangeOfChoice());
    }
    this.#lines[moved].scrollIntoView({ block: "nearest" });
  }

  #rangeOfChoice() {
    const chosen = this.#lines.filter((line) => line.getAttribute("aria-selected") === "true");
    if (chosen.length === 0) return null;
    const index = (line) => Number(line.dataset.index) + 1;
    return { first: index(chosen[0]), last: index(chosen.at(-1)) };
  }
}

function indexAt(event) {
  const line = event.target.closest("[data-index]");
  return line ? Number(line.dataset.index) : null;
}
