// Text at the cursor while somebody types.

import * as vscode from 'vscode';
import { postFile } from './daemon';
import { abortOn, daemonSettings, namesOfDocument, settings } from './settings';

export class InlineCompletion implements vscode.InlineCompletionItemProvider {
  constructor(private readonly log: vscode.OutputChannel) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument, position: vscode.Position,
    context: vscode.InlineCompletionContext, token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const isAsked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const options = settings();
    if (!isAsked) {
      if (!options.get('inlineCompletion.enabled', true)) return [];
      await new Promise((resolve) =>
        setTimeout(resolve, options.get('inlineCompletion.delayMs', 250)));
      if (token.isCancellationRequested) return [];
    }
    try {
      const text = await this.complete(document, position, token);
      return text === '' ? [] :
        [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
    } catch (error) {
      // What failed is nothing to interrupt them with.
      if (!token.isCancellationRequested) this.log.appendLine((error as Error).message);
      return [];
    }
  }

  private async complete(
    document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken,
  ): Promise<string> {
    const before = document.lineAt(position.line).text.slice(0, position.character);
    const body = {
      content: document.getText(),
      line: position.line + 1,
      column: [...before].length, // characters, not UTF-16
      max_tokens: settings().get('inlineCompletion.maxTokens', 64),
      session: `vscode-${process.pid}`,
      stream: true,
    };
    let text = '';
    const events = postFile(
      daemonSettings(), '/v1/complete', namesOfDocument(document), body, abortOn(token).signal);
    for await (const event of events) if (event.name === 'token') text += event.data.text;
    return text;
  }
}
