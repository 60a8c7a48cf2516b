// The edits that the daemon keeps, newest first.

import * as api from "./api.js";
import { byId, el, setText } from "./dom.js";

export class HistoryView {
  #onShow;
  #onError;

  constructor({ onShow, onError }) {
    this.#onShow = onShow;
    this.#onError = onError;
  }

  async load() {
    try {
      const { edits, next } = await api.edits();
      byId("history").replaceChildren(...edits.map((edit) => this.#item(edit)));
      const none = edits.length === 0 ? "No edit yet." : "";
      setText("history-note", next ? "Older ones: cromwell edits" : none);
    } catch (error) {
      this.#onError(error);
    }
  }

  #item(edit) {
    const when = new Date(edit.created);
    return el("li", {}, el("button", { type: "button", class: "link",
      onclick: () => this.#show(edit.id) },
    el("span", { class: "state", "data-state": edit.state }, edit.state),
    el("span", { class: "what" }, el("span", { class: "mono" }, edit.file),
      el("span", { class: "note" }, edit.instruction)),
    el("time", { class: "note", datetime: edit.created, title: when.toLocaleString() },
      when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))));
  }

  async #show(id) {
    try {
      this.#onShow(await api.edit(id));
    } catch (error) {
      this.#onError(error);
    }
  }
}
