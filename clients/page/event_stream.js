// Reads server-sent events out of pieces of text, however these are cut.

export class EventParser {
  #rest = "";

  // The events that are complete with this piece: {id, name, data}, data as JSON.
  push(text) {
    this.#rest += text;
    const frames = this.#rest.split("\n\n");
    this.#rest = frames.pop();
    return frames.map(parseFrame).filter((event) => event.data !== null);
  }
}

function parseFrame(frame) {
  const event = { id: null, name: "message", data: null };
  const data = [];
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue; // a comment, or no field
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    if (field === "data") data.push(value);
    if (field === "event") event.name = value;
    if (field === "id") event.id = value;
  }
  if (data.length > 0) event.data = JSON.parse(data.join("\n"));
  return event;
}
