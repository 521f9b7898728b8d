import * as vscode from 'vscode';
import type { EndpointAccessParams, EndpointAccessResult } from '../../../server/src/protocol/messages.ts';
import type { Feature } from '../feature.ts';

const ALLOWED = 'rationale.allowedHosts';
const REFUSED: EndpointAccessResult = { allowed: false, key: null };

/**
 * Asks the user once a workspace and host whether records may be sent there, and once a host for its key, which is
 * kept in the editor's secret storage. *Rationale: Forget Endpoint Keys* takes both back.
 */
export const endpointAccess: Feature = ({ context, session }) => {
  session.answerEndpointAccess(async (params) => {
    if (!(await mayBeSent(context, params))) return REFUSED;
    if (params.key === null) return { allowed: true, key: null };
    const key = await keyFor(context, params, params.key);
    return key ? { allowed: true, key } : REFUSED;
  });
  return vscode.commands.registerCommand('rationale.forgetKeys', async () => {
    for (const name of await context.secrets.keys()) await context.secrets.delete(name);
    await context.workspaceState.update(ALLOWED, undefined);
    await session.restart();
    void vscode.window.showInformationMessage(
      'Rationale has forgotten the keys of endpoints, and asks again before it sends anything.',
    );
  });
};

async function mayBeSent(
  context: vscode.ExtensionContext,
  { endpoint, host }: EndpointAccessParams,
): Promise<boolean> {
  if (isThisMachine(host)) return true;
  const allowed = context.workspaceState.get<readonly string[]>(ALLOWED, []);
  if (allowed.includes(host)) return true;
  const yes = `Send to ${host}`;
  const choice = await vscode.window.showWarningMessage(
    `Let ${endpoint} see this workspace’s records?`,
    {
      modal: true,
      detail: `Their texts and images are sent to ${host}. You are asked once for this workspace.`,
    },
    yes,
  );
  if (choice !== yes) return false;
  await context.workspaceState.update(ALLOWED, [...allowed, host]);
  return true;
}

/** The key is kept by host: a workspace that sends the same name elsewhere is asked for another. */
async function keyFor(
  { secrets }: vscode.ExtensionContext,
  { endpoint, host, refused }: EndpointAccessParams,
  name: string,
): Promise<string | undefined> {
  const place = `endpoint ${host} ${name}`;
  if (refused) await secrets.delete(place);
  const kept = await secrets.get(place);
  if (kept) return kept;
  const given = await vscode.window.showInputBox({
    title: `Key for ${endpoint}`,
    prompt: `${refused ? `${host} did not take the key. ` : ''}${name} for ${host}. It is kept in VS Code’s secret storage.`,
    password: true,
    ignoreFocusOut: true,
  });
  const key = given?.trim();
  if (key) await secrets.store(place, key);
  return key;
}

function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
}
