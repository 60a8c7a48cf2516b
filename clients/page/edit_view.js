// One edit: asks for it, shows it while it comes, and lets it be applied and taken back.

import * as api from "./api.js";
import { byId, setText } from "./dom.js";
import { parsePatch } from "./diff.js";
import { showHunks } from "./diff_view.js";

const kEncoder = new TextEncoder();
const kDecoder = new TextDecoder();
const kSession = `page-${Math.random().toString(36).slice(2, 10)}`; // of this tab: shares its cache

export class EditView {
  #files;
  #onError;
  #onChange; // an edit was made, applied or reverted
  #running = null; // AbortController
  #shown = null; // {id, workspace, file}
  #region = null; // {start_line, end_line} of what runs
  #answer = null; // {attempt, text, hunks: [{hunk, bytes}]}

  constructor({ files, onError, onChange }) {
    this.#files = files;
    this.#onError = onError;
    this.#onChange = onChange;
    byId("edit").addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    byId("instruction").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("edit").requestSubmit();
    });
    byId("stop").addEventListener("click", () => this.stop());
    byId("apply").addEventListener("click", () => this.apply());
    byId("revert").addEventListener("click", () => this.revert());
  }

  async run() {
    if (this.#running) return;
    const request = this.#request();
    if (!request) return;
    this.#onError(null);
    this.#begin();
    try {
      await api.streamEdit(request, this.#running.signal, (event) => this.#take(event));
    } catch (error) {
      if (error.name === "AbortError") setText("result-facts", "stopped");
      else this.#fail(error);
    }
    this.#running = null;
    this.#showBusy(false);
    this.#onChange();
  }

  // A resumable edit goes on without its reader, so that it has to be told.
  async stop() {
    if (!this.#running) return;
    this.#running.abort();
    try {
      if (this.#shown) await api.cancelEdit(this.#shown.id);
    } catch (error) {
      this.#onError(error);
    }
  }

  async apply() {
    await this.#change("apply", api.applyEdit, "applied");
  }

  async revert() {
    await this.#change("revert", api.revertEdit, "reverted");
  }

  // An edit of the history.
  show(record) {
    if (this.#running) return;
    this.#shown = record;
    byId("result").hidden = false;
    byId("answer").hidden = true;
    showHunks(byId("diff"), parsePatch(record.patch));
    setText("result-title", record.file);
    setText("result-facts", `${record.state} · ${record.instruction}`);
    this.#showButtons(record.state);
  }

  #request() {
    const file = this.#files.chosen;
    const instruction = byId("instruction").value.trim();
    const range = this.#files.range();
    if (!file) return this.#refuse("Choose a file first.", "file-query");
    if (!instruction) return this.#refuse("Say what is to be changed.", "instruction");
    if (range && range.last < range.first) {
      return this.#refuse("The last line stands before the first.", "last-line");
    }
    const request = { workspace: file.workspace, file: file.file, base_sha256: file.sha256,
      instruction, session: kSession, priority: "interactive" };
    const temperature = byId("temperature").valueAsNumber;
    if (!Number.isNaN(temperature)) request.temperature = temperature;
    if (range) request.selection = { start_line: range.first, end_line: range.last };
    return request;
  }

  #refuse(message, field) {
    this.#onError(new api.ApiError(message));
    byId(field).focus();
    return null;
  }

  #begin() {
    this.#running = new AbortController();
    this.#shown = null;
    this.#answer = { attempt: 1, text: "", hunks: [] };
    byId("result").hidden = false;
    byId("answer").hidden = false;
    byId("answer").open = true;
    byId("diff").replaceChildren();
    byId("answer-text").replaceChildren();
    setText("result-title", this.#files.chosen.file);
    setText("result-facts", "waiting for the model");
    this.#showButtons(null);
    this.#showBusy(true);
  }

  #take({ name, data }) {
    const handlers = {
      start: () => this.#started(data),
      progress: () => setText("result-facts", `reading ${data.processed} of ${data.total} tokens`),
      token: () => this.#addText(data),
      rewind: () => this.#rewind(data),
      hunk: () => this.#addHunk(data),
      diff: () => this.#showDiff(data),
      done: () => this.#done(data),
      error: () => this.#fail(new api.ApiError(data.message, data)),
    };
    handlers[name]?.();
  }

  #started(data) {
    this.#shown = { id: data.id, workspace: data.workspace, file: data.file };
    this.#region = data.region;
  }

  #addText({ attempt, text }) {
    if (attempt !== this.#answer.attempt) this.#answer = { attempt, text: "", hunks: [] };
    this.#answer.text += text;
    const { start_line: first, end_line: last } = this.#region;
    setText("result-facts", `writing lines ${first}–${last}`);
    byId("answer-text").textContent = this.#answer.text;
    const box = byId("answer-text");
    box.scrollTop = box.scrollHeight;
  }

  #rewind({ to_bytes: bytes }) {
    const kept = kEncoder.encode(this.#answer.text).subarray(0, bytes);
    this.#answer.text = kDecoder.decode(kept);
    this.#answer.hunks = this.#answer.hunks.filter((one) => one.bytes <= bytes);
    byId("answer-text").textContent = this.#answer.text;
    this.#showLiveHunks();
  }

  #addHunk(data) {
    const hunk = { oldStart: data.old_start, newStart: data.new_start, lines: data.lines };
    this.#answer.hunks.push({ hunk, bytes: kEncoder.encode(this.#answer.text).length });
    this.#showLiveHunks();
  }

  #showLiveHunks() {
    showHunks(byId("diff"), this.#answer.hunks.map((one) => one.hunk));
  }

  #showDiff(data) {
    showHunks(byId("diff"), parsePatch(data.patch));
    byId("answer").open = false;
    if (data.patch) this.#showButtons("proposed");
  }

  #done(data) {
    if (data.finish_reason === "no_change") {
      setText("result-facts", "the model would change nothing");
      return;
    }
    const { prompt_ms: read, predict_ms: written, accepted_tokens: copied } = data.timings;
    const tokens = data.usage.completion_tokens;
    const seconds = ((read + written) / 1000).toFixed(1);
    const confidence = Math.round(data.confidence * 100);
    const facts = [`${tokens} tokens in ${seconds} s`, `${copied} guessed ahead`,
      `confidence ${confidence} %`];
    setText("result-facts", facts.join(" · "));
  }

  #fail(error) {
    setText("result-facts", "no edit came of it");
    byId("diff").replaceChildren();
    if (error.code !== "file_changed") return this.#onError(error);
    this.#files.reload();
    this.#onError(new api.ApiError("The file has changed since it was shown here. Now it is as " +
      "it is on disk: look at the lines, and ask again."));
  }

  async #change(verb, call, state) {
    if (!this.#shown || byId(verb).hidden) return;
    this.#onError(null);
    byId(verb).disabled = true;
    try {
      await call(this.#shown.id);
      this.#showButtons(state);
      setText("result-facts", state);
      byId(state === "applied" ? "revert" : "result").focus();
      await this.#files.reload();
      this.#onChange();
    } catch (error) {
      this.#onError(error);
    }
    byId(verb).disabled = false;
  }

  #showButtons(state) {
    byId("apply").hidden = state !== "proposed";
    byId("revert").hidden = state !== "applied";
  }

  #showBusy(busy) {
    byId("run").disabled = busy;
    byId("stop").hidden = !busy;
    byId("result").toggleAttribute("aria-busy", busy);
    byId("answer-text").classList.toggle("writing", busy);
  }
}
