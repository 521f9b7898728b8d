/** Grammars for the worker, which steps through what is compiled here. */
import { compile } from '../../core/grammars/compile.ts';
import { fixedTexts } from '../../core/grammars/forms.ts';
import type { ModelRequest } from '../../core/models/types.ts';
import type { CompiledGrammar } from '../hosts/messages.ts';

/** Gives the grammars of requests, each compiled once. */
export function grammarCompiler(): (requests: readonly ModelRequest[]) => readonly CompiledGrammar[] {
  const known = new Map<string, CompiledGrammar>();
  return (requests) => {
    const found = new Set<CompiledGrammar>();
    for (const { constraint } of requests) {
      if (!constraint) continue;
      const name = JSON.stringify(constraint);
      let compiled = known.get(name);
      if (!compiled) {
        compiled = { grammar: constraint, texts: fixedTexts(constraint), ...compile(constraint).table() };
        known.set(name, compiled);
      }
      found.add(compiled);
    }
    return [...found];
  };
}
