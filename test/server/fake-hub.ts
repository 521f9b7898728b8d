/** A model hub as Hugging Face's is, on this machine, that serves folders and misbehaves as told. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export class FakeHub {
  /** Paths that were asked for, with the range where there was one. */
  readonly asked: string[] = [];
  /** Paths whose next answer breaks off after so many bytes, once a file on disk holds them. */
  readonly breaks = new Map<string, { readonly bytes: number; readonly heldBy: string }>();
  /** Paths that arrive other than they are described. */
  readonly spoiled = new Set<string>();
  /** The commit that `main` means; null: the hub does not tell. */
  commit: string | null = null;
  private readonly server: Server;
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** @param folder what `owner/name` of any name holds */
  static async start(folder: string): Promise<FakeHub> {
    const hub = new FakeHub(folder);
    await new Promise<void>((resolve) => hub.server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', this.url);
    const { range } = request.headers;
    this.asked.push(range ? `${pathname} ${range}` : pathname);
    const revision = this.commit ?? 'main';
    if (this.commit && pathname === '/api/models/some/model/revision/main')
      return void response.end(JSON.stringify({ sha: this.commit }));
    if (pathname === `/api/models/some/model/tree/${revision}`)
      return void response.end(JSON.stringify(this.tree()));
    const [, asked, path] = /^\/some\/model\/resolve\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    if (!path || asked !== revision) return void response.writeHead(404).end();
    const bytes = Buffer.from(readFileSync(join(this.folder, path)));
    if (this.spoiled.has(path)) bytes[0] = 255 - (bytes[0] ?? 0);
    const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(start);
    response.writeHead(range ? 206 : 200, { 'content-length': rest.length });
    const breaks = this.breaks.get(path);
    if (breaks === undefined) return void response.end(rest);
    this.breaks.delete(path);
    response.write(rest.subarray(0, breaks.bytes));
    const poll = setInterval(() => {
      if (statSync(breaks.heldBy, { throwIfNoEntry: false })?.size !== breaks.bytes) return;
      clearInterval(poll);
      response.destroy();
    }, 20);
  }

  private tree() {
    return globSync('**/*', { cwd: this.folder })
      .filter((path) => statSync(join(this.folder, path)).isFile())
      .map((path) => {
        const { size } = statSync(join(this.folder, path));
        const oid = createHash('sha256')
          .update(readFileSync(join(this.folder, path)))
          .digest('hex');
        const lfs = path.endsWith('.onnx') ? { lfs: { oid, size } } : {};
        return { type: 'file', path, size, oid: 'blob', ...lfs };
      });
  }
}
