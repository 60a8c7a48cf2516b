// The daemon's endpoints as functions. Errors are ApiErrors whose message is for people.

import { EventParser } from "./event_stream.js";

const kTokenKey = "cromwell.token";
const kResumeTries = 6;
const kResumePauseMs = 500; // more before each further try

export class ApiError extends Error {
  constructor(message, { status = 0, code = "", detail = null } = {}) {
    super(message);
    Object.assign(this, { status, code, detail });
  }
}

export const token = {
  get: () => sessionStorage.getItem(kTokenKey) ?? "",
  set: (text) => sessionStorage.setItem(kTokenKey, text),
};

async function send(path, options = {}) {
  const headers = { ...options.headers };
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The daemon does not answer. Is cromwelld still running?");
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function errorOf(response) {
  let error = {};
  try {
    error = (await response.json()).error ?? {};
  } catch {
    // an answer that is not the daemon's own
  }
  const message = error.message ?? `The daemon answered ${response.status}.`;
  return new ApiError(message, { ...error, status: response.status });
}

const withQuery = (path, fields) => `${path}?${new URLSearchParams(fields)}`;
const getJson = async (path) => (await send(path)).json();
const post = async (path, body = {}) =>
  (await send(path, { method: "POST", body: JSON.stringify(body) })).json();

export const files = (fields) => getJson(withQuery("/v1/workspace/files", fields));
export const file = (fields) => getJson(withQuery("/v1/workspace/file", fields));
export const outline = (fields) => getJson(withQuery("/v1/workspace/outline", fields));
export const edits = () => getJson(withQuery("/v1/edits", { limit: 50 }));
export const edit = (id) => getJson(`/v1/edits/${id}`);
export const applyEdit = (id) => post(`/v1/edits/${id}/apply`);
export const revertEdit = (id) => post(`/v1/edits/${id}/revert`);
export const cancelEdit = (id) => post(`/v1/edits/${id}/cancel`);
export const sessions = () => getJson("/v1/sessions");
export const metrics = async () => (await send("/metrics")).text();

// /readyz with its status: it describes itself also where it answers 503.
export async function ready() {
  try {
    return await getJson("/readyz");
  } catch (error) {
    if (error.status !== 503) throw error;
    return { status: "not ready", model: "", message: error.message };
  }
}

// Calls onEvent for each event. Where the connection breaks, goes on with the rest.
export async function streamEdit(request, signal, onEvent) {
  const seen = { id: null, last: "0", over: false };
  const take = (event) => {
    if (event.name === "start") seen.id = event.data.id;
    if (event.id !== null) seen.last = event.id;
    seen.over = event.name === "done" || event.name === "error";
    onEvent(event);
  };
  const body = JSON.stringify({ ...request, stream: true, resumable: true });
  await readEvents(await send("/v1/edit", { method: "POST", body, signal }), take, signal);
  for (let tries = 0; !seen.over && seen.id !== null && tries < kResumeTries; ++tries) {
    await new Promise((resolve) => setTimeout(resolve, tries * kResumePauseMs));
    const headers = { "Last-Event-ID": seen.last };
    try {
      const rest = await send(`/v1/edits/${seen.id}/events`, { headers, signal });
      await readEvents(rest, take, signal);
    } catch (error) {
      if (error.name === "AbortError" || error.status > 0) throw error;
    }
  }
  if (!seen.over) throw new ApiError("The connection broke before the edit was done.");
}

// Until the end of the body, or until it breaks off.
async function readEvents(response, take, signal) {
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.push(value).forEach(take);
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof TypeError)) throw error;
  }
}
