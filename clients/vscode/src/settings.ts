// The user's settings, and what a document is to the daemon.

import * as vscode from 'vscode';
import { DaemonSettings, FileName } from './daemon';
import { namesOf } from './names';

export function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('cromwell');
}

export function daemonSettings(): DaemonSettings {
  const all = settings();
  return {
    serverUrl: all.get('serverUrl', ''),
    socket: all.get('socket', ''),
    tokenFile: all.get('tokenFile', ''),
  };
}

export function namesOfDocument(document: vscode.TextDocument): FileName[] {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  return namesOf(document.uri.scheme === 'file' ? document.uri.fsPath : '', folder?.uri.fsPath);
}

// Aborts where VS Code asks to stop.
export function abortOn(token: vscode.CancellationToken): AbortController {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  return controller;
}
