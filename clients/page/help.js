// Keys, theme and token: what belongs to the page and not to its work.

import { token } from "./api.js";
import { byId, setText } from "./dom.js";

const kThemes = ["system", "light", "dark"];
const kThemeKey = "cromwell.theme";
const kKeysKey = "cromwell.single-keys";

export function startTheme() {
  const put = (theme) => {
    document.documentElement.dataset.theme = theme;
    setText("theme", `Theme: ${theme}`);
  };
  const saved = localStorage.getItem(kThemeKey);
  put(kThemes.includes(saved) ? saved : "system");
  byId("theme").addEventListener("click", () => {
    const now = kThemes.indexOf(document.documentElement.dataset.theme);
    const next = kThemes[(now + 1) % kThemes.length];
    localStorage.setItem(kThemeKey, next);
    put(next);
  });
}

// actions: {key: function}. Keys without Ctrl count only outside of fields, and can be turned off.
export function startKeys(actions) {
  const box = byId("single-keys");
  box.checked = localStorage.getItem(kKeysKey) !== "off";
  box.addEventListener("change", () => localStorage.setItem(kKeysKey, box.checked ? "on" : "off"));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    const inField = event.target.closest("input, textarea, select") !== null;
    if (event.key !== "Escape" && (inField || !box.checked)) return;
    const action = event.key === "?" ? () => byId("help").showModal() : actions[event.key];
    if (!action) return;
    if (event.key !== "Escape") event.preventDefault();
    action();
  });
}

export function askForToken() {
  const dialog = byId("token");
  if (dialog.open) return;
  dialog.returnValue = ""; // what Escape leaves as it is
  dialog.showModal();
}

export function startToken(onToken) {
  const dialog = byId("token");
  byId("token-open").addEventListener("click", askForToken);
  byId("token-cancel").addEventListener("click", () => dialog.close(""));
  dialog.addEventListener("close", () => {
    const text = byId("token-text").value.trim();
    byId("token-text").value = "";
    if (dialog.returnValue !== "use") return;
    token.set(text);
    onToken();
  });
}
