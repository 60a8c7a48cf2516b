// A stream of server-sent events, fed in whatever pieces the network gives.

export interface SseEvent {
  name: string;
  data: string;
}

export class SseParser {
  private rest = '';
  private name = 'message';
  private data: string[] = [];

  // The events that ended with this piece.
  push(piece: string): SseEvent[] {
    const events: SseEvent[] = [];
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (this.data.length > 0) events.push({ name: this.name, data: this.data.join('\n') });
        this.name = 'message';
        this.data = [];
      } else if (line.startsWith('event: ')) {
        this.name = line.slice('event: '.length);
      } else if (line.startsWith('data: ')) {
        this.data.push(line.slice('data: '.length));
      }
    }
    return events;
  }
}
