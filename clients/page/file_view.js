// The file that is worked on: finding one, its text, its outline, and which lines of it are chosen.

import * as api from "./api.js";
import { byId, el, movedBy, setText } from "./dom.js";
import { CodeView } from "./code_view.js";

export class FileView {
  #code = new CodeView((range) => this.#putRange(range));
  #root = byId("root");
  #query = byId("file-query");
  #list = byId("file-list");
  #onError;
  #names = [];
  #active = 0;
  #file = null; // {workspace, file, sha256, lines}
  #asked = 0;
  #finding = Promise.resolve(); // until what was typed last is found

  constructor(onError) {
    this.#onError = onError;
    this.#query.addEventListener("input", () => {
      this.#finding = this.find();
    });
    this.#query.addEventListener("keydown", (event) => this.#onKey(event));
    this.#root.addEventListener("change", () => this.find());
    for (const id of ["first-line", "last-line"]) {
      byId(id).addEventListener("input", () => this.#code.select(this.range()));
    }
  }

  get chosen() {
    return this.#file;
  }

  // The lines that may change, as the two numbers say; null for all.
  range() {
    const first = byId("first-line").valueAsNumber;
    const last = byId("last-line").valueAsNumber;
    if (Number.isNaN(first) && Number.isNaN(last)) return null;
    return { first: Number.isNaN(first) ? last : first, last: Number.isNaN(last) ? first : last };
  }

  focusQuery() {
    this.#query.select();
    this.#query.focus();
  }

  focusCode() {
    this.#code.focus();
  }

  async find() {
    const asked = ++this.#asked;
    const fields = { query: this.#query.value, limit: 200 };
    if (this.#root.value) fields.workspace = this.#root.value;
    try {
      const answer = await api.files(fields);
      if (asked === this.#asked) this.#showFound(answer); // else a later question has been asked
    } catch (error) {
      this.#onError(error);
    }
  }

  async open(workspace, file, range = null) {
    try {
      const answer = await api.file({ workspace, file });
      this.#file = answer;
      this.#showFile(answer);
      this.#putRange(range);
      this.#code.select(range);
      this.#showOutline((await api.outline({ workspace, file })).symbols);
    } catch (error) {
      this.#onError(error);
    }
  }

  // The same file anew, after something wrote to it.
  async reload() {
    if (this.#file) await this.open(this.#file.workspace, this.#file.file, this.range());
  }

  #putRange(range) {
    byId("first-line").value = range ? range.first : "";
    byId("last-line").value = range ? range.last : "";
  }

  #showFound({ workspace, roots, files, index }) {
    if (this.#root.options.length !== roots.length) {
      this.#root.replaceChildren(...roots.map((root) => el("option", { value: root }, root)));
      this.#root.value = workspace;
      byId("root-field").hidden = roots.length < 2;
    }
    this.#names = files;
    this.#active = 0;
    this.#list.replaceChildren(...files.map((name, at) => {
      const slash = name.lastIndexOf("/") + 1;
      return el("li", { role: "option", id: `file-${at}`, "aria-selected": "false",
        onclick: () => this.#choose(at) },
      el("span", { class: "folder" }, name.slice(0, slash)), name.slice(slash));
    }));
    this.#markActive();
    const unit = index.files === 1 ? "file" : "files";
    const found = files.length === 0 ? "No file's path holds this. " : "";
    const reading = index.listed ? "" : ", still reading";
    setText("file-note", `${found}${index.files} ${unit} in all${reading}`);
  }

  #markActive() {
    [...this.#list.children].forEach((item, at) =>
      item.setAttribute("aria-selected", String(at === this.#active)));
    const item = this.#list.children[this.#active];
    if (!item) return this.#query.removeAttribute("aria-activedescendant");
    this.#query.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  #choose(at) {
    if (at >= this.#names.length) return;
    this.#active = at;
    this.#markActive();
    this.open(this.#root.value, this.#names[at]);
  }

  // What the index does not know, perhaps only not yet, can be named in full.
  #chooseOrOpen() {
    if (this.#names.length > 0) return this.#choose(this.#active);
    const path = this.#query.value.trim();
    if (path) this.open(this.#root.value, path);
  }

  #onKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      return this.#finding.then(() => this.#chooseOrOpen());
    }
    if (event.key === "Home" || event.key === "End") return; // they move in the text
    const moved = movedBy(event, this.#active, this.#names.length);
    if (moved === null || this.#names.length === 0) return;
    event.preventDefault();
    this.#active = moved;
    this.#markActive();
  }

  #showFile({ file, lines, encoding, text }) {
    setText("file-title", file);
    const shown = this.#code.show(text);
    const rest = shown < lines ? `, the first ${shown} shown; name others by number` : "";
    setText("file-facts", `${lines} ${lines === 1 ? "line" : "lines"}${rest} · ${encoding}`);
    for (const id of ["first-line", "last-line"]) byId(id).max = Math.max(lines, 1);
  }

  #showOutline(symbols) {
    byId("outline").hidden = symbols.length === 0;
    byId("outline-list").replaceChildren(...symbols.map((symbol) => {
      const range = { first: symbol.start_line, last: symbol.end_line };
      const owner = symbol.kind === "method" ? `${symbol.container.split(".").at(-1)}.` : "";
      const choose = () => {
        this.#putRange(range);
        this.#code.select(range);
      };
      return el("li", {}, el("button", { type: "button", class: "link mono", onclick: choose,
        title: symbol.signature }, el("span", {}, owner + symbol.name),
      el("span", { class: "note" }, `${range.first}–${range.last}`)));
    }));
  }
}
