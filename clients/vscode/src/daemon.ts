// The daemon over HTTP: one POST, its answer as events. No VS Code here.

import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import { SseParser } from './sse';

export interface DaemonSettings {
  serverUrl: string;
  socket: string;
  tokenFile: string;
}

export interface DaemonEvent {
  name: string;
  data: any;
}

export class DaemonError extends Error {
  constructor(message: string, readonly code = '') {
    super(message);
  }
}

function token(settings: DaemonSettings): string {
  if (settings.tokenFile === '') return '';
  let text = '';
  try {
    text = readFileSync(settings.tokenFile, 'utf8').split('\n')[0].trim();
  } catch {
    // The message is the same as for an empty one.
  }
  if (text === '') {
    throw new DaemonError(`${settings.tokenFile}: expected a token on its first line`);
  }
  return text;
}

function requestOptions(settings: DaemonSettings, path: string): http.RequestOptions {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Accept: 'text/event-stream',
  };
  const bearer = token(settings);
  if (bearer !== '') headers.Authorization = `Bearer ${bearer}`;
  const options: http.RequestOptions = { method: 'POST', path, headers, agent: false };
  if (settings.socket !== '') {
    headers.Host = 'localhost';
    return { ...options, socketPath: settings.socket };
  }
  let url: URL;
  try {
    url = new URL(settings.serverUrl);
  } catch {
    throw new DaemonError(`server "${settings.serverUrl}": expected http://HOST:PORT`);
  }
  if (url.protocol !== 'http:') {
    throw new DaemonError(`server "${settings.serverUrl}": expected http://HOST:PORT`);
  }
  return { ...options, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || 80 };
}

function send(
  settings: DaemonSettings, path: string, body: object, signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const place = settings.socket || settings.serverUrl;
  return new Promise((resolve, reject) => {
    const request = http.request({ ...requestOptions(settings, path), signal }, resolve);
    request.on('error', (error) => {
      reject(signal.aborted ? error : new DaemonError(
        `cannot reach a daemon at ${place}: ${error.message}; ` +
        'start one with `cromwell serve --root .`'));
    });
    request.end(JSON.stringify(body));
  });
}

async function refusal(answer: http.IncomingMessage): Promise<DaemonError> {
  let text = '';
  for await (const piece of answer) text += piece;
  try {
    const error = JSON.parse(text).error;
    if (typeof error.message === 'string') return new DaemonError(error.message, error.code);
  } catch {
    // No JSON: not the daemon's.
  }
  return new DaemonError(`the server answered ${answer.statusCode}: is it a Cromwell daemon?`);
}

// The events of the answer as they come; a refusal and an `error` event are thrown. Ends with
// `done`. Aborting the signal ends the generation.
export async function* post(
  settings: DaemonSettings, path: string, body: object, signal: AbortSignal,
): AsyncGenerator<DaemonEvent> {
  const answer = await send(settings, path, body, signal);
  if (answer.statusCode !== 200) throw await refusal(answer);
  const parser = new SseParser();
  answer.setEncoding('utf8');
  for await (const piece of answer) {
    for (const event of parser.push(piece)) {
      const data = JSON.parse(event.data);
      if (event.name === 'error') throw new DaemonError(data.message, data.code);
      yield { name: event.name, data };
      if (event.name === 'done') return;
    }
  }
  throw new DaemonError("the daemon's answer ended too early");
}

export interface FileName {
  workspace: string;
  file: string;
}

// Posts under each name in turn, until one is beneath a root of the daemon: that may lie deeper
// than the folder that was named.
export async function* postFile(
  settings: DaemonSettings, path: string, names: FileName[], body: object, signal: AbortSignal,
): AsyncGenerator<DaemonEvent> {
  for (const [index, name] of names.entries()) {
    try {
      yield* post(settings, path, { ...body, ...name }, signal);
      return;
    } catch (error) {
      const isLast = index === names.length - 1;
      if (isLast || !(error instanceof DaemonError) || error.code !== 'path_outside_root') {
        throw error;
      }
    }
  }
}
