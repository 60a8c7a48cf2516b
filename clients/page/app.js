// The page: makes its parts and joins them. No logic of its own.

import { byId } from "./dom.js";
import { EditView } from "./edit_view.js";
import { FileView } from "./file_view.js";
import { askForToken, startKeys, startTheme, startToken } from "./help.js";
import { HistoryView } from "./history_view.js";
import { StatusView } from "./status_view.js";

function showError(error) {
  const place = byId("error");
  place.hidden = error === null;
  place.textContent = error?.message ?? "";
  const attempts = error?.detail?.attempts ?? [];
  if (attempts.length > 1) place.textContent += ` (after ${attempts.length} attempts)`;
}

const onError = (error) => {
  if (error?.status === 401) openToken();
  else showError(error);
};

let tokenAsked = false; // by itself the dialog opens only once

function openToken() {
  if (!tokenAsked) askForToken();
  tokenAsked = true;
}

const files = new FileView(onError);
const history = new HistoryView({ onError, onShow: (record) => edit.show(record) });
const edit = new EditView({ files, onError, onChange: () => history.load() });
const status = new StatusView(openToken);

startTheme();
startKeys({
  "/": () => files.focusQuery(),
  c: () => files.focusCode(),
  i: () => byId("instruction").focus(),
  a: () => edit.apply(),
  r: () => edit.revert(),
  Escape: () => edit.stop(),
});
startToken(() => {
  tokenAsked = false;
  showError(null);
  status.refresh();
  files.find();
  history.load();
});

status.run();
files.find();
history.load();
