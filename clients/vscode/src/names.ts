// A file as the daemon wants to hear it: an absolute workspace folder and a path relative to it.

import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { DaemonError, FileName } from './daemon';

function workTree(folder: string): string {
  while (!existsSync(path.join(folder, '.git'))) {
    if (folder === path.dirname(folder)) return '';
    folder = path.dirname(folder);
  }
  return folder;
}

// From the top of its work tree, from the folder that is open, from its own.
export function namesOf(file: string, openFolder: string | undefined): FileName[] {
  if (!path.isAbsolute(file)) throw new DaemonError('this document has no file');
  const folder = path.dirname(file);
  const names: FileName[] = [];
  for (const workspace of [workTree(folder), openFolder ?? '', folder]) {
    const relative = path.relative(workspace, file);
    const isBeneath = workspace !== '' && relative.split(path.sep)[0] !== '..' &&
      !path.isAbsolute(relative);
    if (isBeneath && !names.some((name) => name.workspace === workspace)) {
      names.push({ workspace, file: relative });
    }
  }
  return names;
}
