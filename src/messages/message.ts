// What an entry of the catalogue of errors is, as types; must not hold any words.
import type { FailureCode } from '../errors.js';

/**
 * One error that people can meet, as pure data. Its texts are whole sentences with holes: `{host}` is filled with a
 * value, `{more?}` may stay empty and brings its own space. The page docs/troubleshooting.md is made of these entries.
 */
export interface Message {
  /** The anchor on the page: it stays what it is, since messages and people link to it. */
  readonly id: string;
  /** The values of the output `result` that it comes with. */
  readonly results: readonly [FailureCode, ...FailureCode[]];
  /** The symptom in a few words, for a heading. */
  readonly title: string;
  readonly what: string;
  readonly likelyCause: string;
  readonly nextStep: string;
  /** One short sentence for Japanese readers, without holes, where the vendor's own answer is meant for them. */
  readonly japaneseHint?: string;
  /** The vendor's own words that it is told by. */
  readonly vendorSays?: readonly [string, ...string[]];
}

type HolesIn<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | HolesIn<Rest> : never;

type TextsOf<M extends Message> = M['what'] | M['likelyCause'] | M['nextStep'];

/** What is to be filled in; holes with a question mark may be left out. */
export type ValuesOf<M extends Message> = {
  readonly [Name in HolesIn<TextsOf<M>> as Name extends `${string}?` ? never : Name]: string | number;
} & {
  readonly [Name in HolesIn<TextsOf<M>> as Name extends `${infer Plain}?` ? Plain : never]?:
    | string
    | undefined;
};
