// An edit: asked for, shown in a diff editor while it is written, accepted or rejected. One at a
// time.

import * as vscode from 'vscode';
import { postFile } from './daemon';
import { Proposal } from './proposal';
import { daemonSettings, namesOfDocument, settings } from './settings';

const SCHEME = 'cromwell-proposal';

interface Running {
  proposal: Proposal;
  document: vscode.TextDocument;
  preview: vscode.Uri;
  abort: AbortController;
}

export class EditCommand implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private running: Running | undefined;
  private count = 0;
  private status: vscode.Disposable | undefined;
  private readonly registrations = [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.commands.registerCommand('cromwell.edit', (text?: string) => this.start(text)),
    vscode.commands.registerCommand('cromwell.accept', () => this.accept()),
    vscode.commands.registerCommand('cromwell.reject', () => this.reject()),
    vscode.window.tabGroups.onDidChangeTabs((event) => this.onTabs(event)),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return uri.toString() === this.running?.preview.toString() ? this.running.proposal.shown() : '';
  }

  dispose(): void {
    this.running?.abort.abort();
    this.status?.dispose();
    for (const registration of this.registrations) registration.dispose();
  }

  private async start(given?: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
      void vscode.window.showErrorMessage('Cromwell: no editor is open.');
      return;
    }
    const instruction = given ?? await vscode.window.showInputBox({
      title: 'Cromwell: edit with an instruction',
      prompt: 'What is to be changed',
      placeHolder: 'Add error handling',
    });
    if (!instruction) return;
    await this.reject();
    try {
      await this.write(editor.document, editor.selection, instruction);
    } catch (error) {
      if (this.running?.abort.signal.aborted ?? true) return;
      await this.reject();
      void vscode.window.showErrorMessage(`Cromwell: ${(error as Error).message}`);
    }
  }

  private async write(
    document: vscode.TextDocument, selection: vscode.Selection, instruction: string,
  ): Promise<void> {
    const names = namesOfDocument(document);
    const text = document.getText();
    const body: Record<string, unknown> = {
      instruction, content: text, stream: true, ...settings().get<object>('editOptions', {}),
    };
    if (!selection.isEmpty) {
      // A selection that ends where a line begins does not hold that line.
      const end = selection.end.character === 0 ? selection.end.line : selection.end.line + 1;
      body.selection = { start_line: selection.start.line + 1, end_line: end };
    }
    this.count += 1;
    const preview = document.uri.with({ scheme: SCHEME, query: String(this.count) });
    const running: Running = {
      proposal: new Proposal(text), document, preview, abort: new AbortController(),
    };
    this.running = running;
    await vscode.commands.executeCommand('setContext', 'cromwell.isShown', true);
    await vscode.commands.executeCommand(
      'vscode.diff', document.uri, preview, `Cromwell: ${instruction}`);
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Cromwell writes' },
      async () => {
        const events = postFile(daemonSettings(), '/v1/edit', names, body, running.abort.signal);
        for await (const event of events) {
          if (running.proposal.take(event)) this.changes.fire(preview);
        }
      });
    await this.finish(running);
  }

  private async finish(running: Running): Promise<void> {
    if (running !== this.running) return;
    if (running.proposal.finished === 'no_change') {
      await this.reject();
      void vscode.window.showInformationMessage('Cromwell: the model changed nothing.');
      return;
    }
    await vscode.commands.executeCommand('setContext', 'cromwell.isProposed', true);
    this.status = vscode.window.setStatusBarMessage(
      `Cromwell: proposed, confidence ${running.proposal.confidence.toFixed(2)}`);
  }

  private async accept(): Promise<void> {
    const running = this.running;
    if (!running?.proposal.finished) {
      void vscode.window.showErrorMessage('Cromwell: nothing is proposed.');
      return;
    }
    if (running.document.getText() !== running.proposal.text) {
      void vscode.window.showErrorMessage(
        'Cromwell: the document changed since the edit was asked for; ask again.');
      return;
    }
    const edit = new vscode.WorkspaceEdit();
    for (const change of running.proposal.changes) {
      const range = new vscode.Range(change.first, 0, change.end, 0);
      edit.replace(running.document.uri, range, change.lines.join(''));
    }
    // At once: the document is still what was compared, and nobody accepts it twice.
    const [, isApplied] = await Promise.all([this.reject(), vscode.workspace.applyEdit(edit)]);
    if (!isApplied) {
      void vscode.window.showErrorMessage('Cromwell: the editor refused the edit; ask again.');
    }
    await vscode.window.showTextDocument(running.document);
  }

  // Throws away what is shown and stops what is still being written.
  private async reject(): Promise<void> {
    const running = this.running;
    if (!running) return;
    this.running = undefined;
    running.abort.abort();
    this.status?.dispose();
    await vscode.commands.executeCommand('setContext', 'cromwell.isShown', false);
    await vscode.commands.executeCommand('setContext', 'cromwell.isProposed', false);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(tabs.filter((tab) => shows(tab, running.preview)));
  }

  private onTabs(event: vscode.TabChangeEvent): void {
    const preview = this.running?.preview;
    if (preview && event.closed.some((tab) => shows(tab, preview))) void this.reject();
  }
}

function shows(tab: vscode.Tab, preview: vscode.Uri): boolean {
  return tab.input instanceof vscode.TabInputTextDiff &&
    tab.input.modified.toString() === preview.toString();
}
