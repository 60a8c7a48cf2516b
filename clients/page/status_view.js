// How the daemon stands: model, load, memory and sessions, asked for again and again.

import * as api from "./api.js";
import { byId, el, formatBytes, setText } from "./dom.js";

const kEveryMs = 1000;
const kEveryHiddenMs = 10000; // of a tab that nobody looks at
const kWords = { ready: "ready", draining: "stopping", failed: "the model has failed",
  "not ready": "not ready", away: "no answer", locked: "asks for a token" };

export class StatusView {
  #onLocked;
  #last = null; // {generated, at}

  constructor(onLocked) {
    this.#onLocked = onLocked;
  }

  async run() {
    await this.refresh();
    setTimeout(() => this.run(), document.hidden ? kEveryHiddenMs : kEveryMs);
  }

  async refresh() {
    try {
      const [ready, metrics, sessions] =
        await Promise.all([api.ready(), api.metrics(), api.sessions()]);
      this.#showState(ready.status, ready.model);
      this.#showFigures(parseMetrics(metrics));
      showSessions(sessions.sessions);
    } catch (error) {
      this.#showState(error.status === 401 ? "locked" : "away", "");
      if (error.status === 401) this.#onLocked();
    }
  }

  #showState(state, model) {
    byId("state-dot").dataset.state = state;
    setText("state-text", kWords[state] ?? state);
    setText("model-name", model);
  }

  #showFigures(values) {
    setText("figure-running", String(values.cromwell_generations_running ?? "–"));
    setText("figure-queued", String(values.cromwell_generations_queued ?? "–"));
    const { cromwell_kv_pages_used: used = "–", cromwell_kv_pages: pages = "–" } = values;
    setText("figure-pages", `${used} / ${pages}`);
    setText("figure-memory", formatBytes(values.process_resident_memory_bytes ?? 0));
    const generated = values.cromwell_generated_tokens_total ?? 0;
    const at = performance.now();
    if (this.#last && at > this.#last.at) {
      const rate = (generated - this.#last.generated) * 1000 / (at - this.#last.at);
      setText("figure-rate", String(Math.max(0, Math.round(rate))));
    }
    this.#last = { generated, at };
  }
}

// {name: value} of the samples without labels, from Prometheus's text.
export function parseMetrics(text) {
  const values = {};
  for (const line of text.split("\n")) {
    const sample = /^([a-z_]+) (\S+)/.exec(line);
    if (sample) values[sample[1]] = Number(sample[2]);
  }
  return values;
}

function showSessions(sessions) {
  const place = byId("session-list");
  if (sessions.length === 0) {
    return place.replaceChildren(el("li", { class: "note" }, "none in memory"));
  }
  place.replaceChildren(...sessions.slice(0, 20).map((one) => {
    const state = one.running ? "running" : one.pinned ? "pinned" : `idle ${age(one.idle_seconds)}`;
    return el("li", { class: "session" }, el("span", { class: "mono", title: one.id }, one.id),
      el("span", { class: "note" }, `${one.cached_tokens} tokens · ${state}`));
  }));
}

function age(seconds) {
  return seconds < 60 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
