// Jest runs tests in a realm of its own, while Node's core throws errors of another one: makes `instanceof` see both.
import { types } from 'node:util';

const ordinary = Function.prototype[Symbol.hasInstance];

/** Import this file for its effect wherever the code under test asks an error of Node's core for its class. */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: (...given: never) => unknown, value: unknown): boolean {
    if (this === Error) return types.isNativeError(value) || ordinary.call(this, value);
    if (this === AggregateError) {
      return ordinary.call(this, value) || (types.isNativeError(value) && value.name === 'AggregateError');
    }
    return ordinary.call(this, value);
  },
});
