import type { Grammar } from '../../../../core/grammars/types.ts';
import type { ChatTokenizer } from '../../chat-tokenizer.ts';
import { Hold } from './hold.ts';
import { Lexicon } from './lexicon.ts';

/** What a model's outputs can be held to: each grammar is worked out once, the tokens' spelling with the first. */
export class Holds {
  private readonly tokenizer: ChatTokenizer;
  private readonly endTokens: ReadonlySet<number>;
  private readonly words: number;
  private lexicon: Lexicon | null = null;
  private readonly known = new Map<string, Hold>();

  /** @param words tokens that the model knows */
  constructor(tokenizer: ChatTokenizer, endTokens: ReadonlySet<number>, words: number) {
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
    this.words = words;
  }

  /** @throws Error whose message is one sentence, when the model cannot be held to it */
  of(grammar: Grammar): Hold {
    const name = JSON.stringify(grammar);
    let hold = this.known.get(name);
    if (!hold) {
      this.lexicon ??= new Lexicon(this.tokenizer.spelling(this.words));
      hold = new Hold(grammar, this.lexicon, this.endTokens);
      this.known.set(name, hold);
    }
    return hold;
  }
}
