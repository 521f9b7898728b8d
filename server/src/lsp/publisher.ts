import type { Connection, Diagnostic, TextDocuments } from 'vscode-languageserver/node';
import type { Client } from './client.ts';
import type { OpenDocument } from './open-document.ts';

/** Sends diagnostics to an editor that does not ask for them; to one that does, nothing. */
export class Publisher {
  private readonly connection: Connection;
  private readonly client: Client;
  private readonly documents: TextDocuments<OpenDocument>;
  private readonly diagnosticsOf: (uri: string) => readonly Diagnostic[] | null;
  private mayPublish = false;

  /** @param diagnosticsOf of an open document; null when it is another's affair */
  constructor(
    connection: Connection,
    client: Client,
    documents: TextDocuments<OpenDocument>,
    diagnosticsOf: (uri: string) => readonly Diagnostic[] | null,
  ) {
    this.connection = connection;
    this.client = client;
    this.documents = documents;
    this.diagnosticsOf = diagnosticsOf;
  }

  /** Sends those of everything that is open; the settings are known by now. */
  publishAll(): void {
    this.mayPublish = true;
    for (const document of this.documents.all()) this.publish(document);
  }

  publish({ uri, version }: OpenDocument): void {
    const diagnostics = this.mayPublish && !this.client.pullsDiagnostics ? this.diagnosticsOf(uri) : null;
    if (diagnostics) void this.connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics] });
  }

  /** Takes back what was sent of a document that is closed. */
  takeBack(uri: string): void {
    if (!this.client.pullsDiagnostics) void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }
}
