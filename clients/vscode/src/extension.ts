// What VS Code loads: edits and completions by a Cromwell daemon.

import * as vscode from 'vscode';
import { EditCommand } from './editCommand';
import { InlineCompletion } from './inlineCompletion';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Cromwell');
  context.subscriptions.push(
    log,
    new EditCommand(),
    vscode.languages.registerInlineCompletionItemProvider(
      { scheme: 'file' }, new InlineCompletion(log)));
}
