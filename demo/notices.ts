import { StillframeError } from '../src/index.ts';
import { byId, element } from './dom.ts';

/** Shows what went wrong and what to do about it. */
export function showProblem(error: unknown): void {
  const box = byId('problem', HTMLDivElement);
  const known = error instanceof StillframeError;
  const problem = known
    ? error.problem
    : `Something went wrong here: ${error instanceof Error ? error.message : error}.`;
  const remedy = known ? error.remedy : 'Please report it, with the report of your GPU at chrome://gpu.';
  box.replaceChildren(element('p', {}, element('strong', {}, problem)), element('p', {}, remedy));
  box.hidden = false;
}

/** Takes the problem away. */
export function clearProblem(): void {
  byId('problem', HTMLDivElement).hidden = true;
}

/** Says before anyone waits that there is no real GPU. */
export function showSoftwareNotice(): void {
  const box = byId('slow', HTMLParagraphElement);
  box.textContent =
    'This browser has no GPU to give: its CPU stands in for one. This will be slow: about a minute for 30 steps. ' +
    'In Chrome, chrome://gpu says why.';
  box.hidden = false;
}
