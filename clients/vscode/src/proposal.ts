// A proposal: the text as an edit would have it, put together from the edit's events.

import { DaemonEvent } from './daemon';
import { Change, Hunk, changed, hunkChanges, patchChanges } from './patch';

interface SeenHunk {
  bytes: number; // of the attempt's text when it came
  hunk: Hunk;
}

export class Proposal {
  private hunks: SeenHunk[] = [];
  private attempt = 1;
  private bytes = 0;
  private patch = '';
  changes: Change[] = []; // certain once `finished` is set
  finished = ''; // the finish reason
  confidence = 0;

  constructor(readonly text: string) {}

  // Whether what is shown changes by it.
  take(event: DaemonEvent): boolean {
    const { name, data } = event;
    if (name === 'token') {
      const isNew = this.begin(data.attempt);
      this.bytes += Buffer.byteLength(data.text);
      return isNew;
    }
    if (name === 'rewind') {
      this.begin(data.attempt);
      this.bytes = data.to_bytes;
      this.hunks = this.hunks.filter((seen) => seen.bytes <= data.to_bytes);
    } else if (name === 'hunk') {
      this.hunks.push({ bytes: this.bytes, hunk: data });
    } else if (name === 'diff') {
      this.patch = data.patch;
      return false;
    } else if (name === 'done') {
      this.finished = data.finish_reason;
      this.confidence = data.confidence;
      this.changes = patchChanges(this.patch);
      return true;
    } else {
      return false;
    }
    this.changes = this.hunks.flatMap((seen) => hunkChanges(seen.hunk));
    return true;
  }

  shown(): string {
    return changed(this.text, this.changes);
  }

  // What another attempt wrote is void.
  private begin(attempt: number): boolean {
    if (attempt === this.attempt) return false;
    this.attempt = attempt;
    this.bytes = 0;
    this.hunks = [];
    this.changes = [];
    return true;
  }
}
