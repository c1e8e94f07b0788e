/**
 * Reads protobuf messages (protobuf.dev/programming-guides/encoding) by a table of their fields. Nothing of the bytes is copied but
 * numbers and texts, and no length is believed: so memory stays within a small multiple of the file, whatever is in it.
 */
import { DataError } from '../../base/errors.ts';
import type { Field, Fields } from '../messages.ts';

/** Messages in messages: more than there are in any graph that is read here. */
const DEEPEST = 32;

/** Wire types, by their number. */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;

const wireTypes = { int: VARINT, float: FIXED_32, double: FIXED_64, text: LENGTH, bytes: LENGTH };

const wireTypeOf = (kind: Field['kind']): number => (typeof kind === 'string' ? wireTypes[kind] : LENGTH);

/**
 * The message that bytes are, with the fields of the table; others are skipped. Bytes of a field are views on those given.
 *
 * @throws {DataError} For bytes that are no such message, with the place.
 */
export const decode = (fields: Fields, bytes: Uint8Array, where: string): object =>
  new Reader(bytes, where).all(fields);

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly where: string;
  private readonly tables = new Map<Fields, ReadonlyMap<number, readonly [name: string, field: Field]>>();
  private at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.where = where;
  }

  all(fields: Fields): object {
    return this.message(fields, this.bytes.length, 0);
  }

  private fail(expected: string, found: unknown, at = this.at): never {
    throw new DataError(`${this.where}: byte ${at}: expected ${expected}, found ${found}`);
  }

  /** The fields up to `end`. */
  private message(fields: Fields, end: number, depth: number): object {
    if (depth > DEEPEST) this.fail(`messages nested at most ${DEEPEST} deep`, 'more');
    const table = this.tableOf(fields);
    const message: Record<string, unknown> = {};
    while (this.at < end) {
      const start = this.at;
      const tag = this.varint(end);
      const number = Math.floor(tag / 8);
      if (number < 1) this.fail('the number of a field', number, start);
      const wire = tag % 8;
      const [name, field] = table.get(number) ?? [];
      if (!name || !field) this.skip(wire, end, start);
      else if (field.repeated) {
        const list = (message[name] as unknown[] | undefined) ?? [];
        message[name] = list;
        this.values(field, wire, end, depth, list, name, start);
      } else if (typeof field.kind !== 'string' && message[name] !== undefined) {
        this.fail(`${name} once`, 'it twice', start);
      } else message[name] = this.value(field, wire, end, depth, name, start);
    }
    return message;
  }

  private tableOf(fields: Fields) {
    const known = this.tables.get(fields);
    if (known) return known;
    const table = new Map(Object.entries(fields).map((entry) => [entry[1].number, entry]));
    this.tables.set(fields, table);
    return table;
  }

  /** Appends a value of a list, or several that are packed. */
  private values(
    field: Field,
    wire: number,
    end: number,
    depth: number,
    to: unknown[],
    name: string,
    start: number,
  ): void {
    const own = wireTypeOf(field.kind);
    if (wire !== LENGTH || own === LENGTH) {
      to.push(this.value(field, wire, end, depth, name, start));
      return;
    }
    const stop = this.end(end);
    while (this.at < stop) to.push(this.value(field, own, stop, depth, name, start));
  }

  private value({ kind }: Field, wire: number, end: number, depth: number, name: string, start: number): unknown {
    if (wire !== wireTypeOf(kind)) this.fail(`${name} as wire type ${wireTypeOf(kind)}`, wire, start);
    if (kind === 'int') return this.varint(end);
    if (kind === 'float') return this.view.getFloat32(this.fixed(4, end), true);
    if (kind === 'double') return this.view.getFloat64(this.fixed(8, end), true);
    const stop = this.end(end);
    if (typeof kind === 'function') return this.message(kind(), stop, depth + 1);
    const bytes = this.bytes.subarray(this.at, stop);
    this.at = stop;
    return kind === 'bytes' ? bytes : this.text(bytes, name, start);
  }

  private text(bytes: Uint8Array, name: string, start: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
    } catch {
      return this.fail(`${name} in UTF-8`, 'other bytes', start);
    }
  }

  private skip(wire: number, end: number, start: number): void {
    if (wire === VARINT) this.varint(end);
    else if (wire === FIXED_64) this.fixed(8, end);
    else if (wire === LENGTH) this.at = this.end(end);
    else if (wire === FIXED_32) this.fixed(4, end);
    else this.fail('a field of wire type 0, 1, 2 or 5', wire, start);
  }

  /** Passes so many bytes -> where they begin. */
  private fixed(count: number, end: number): number {
    const start = this.at;
    if (end - start < count) this.fail(`${count} bytes`, end - start);
    this.at += count;
    return start;
  }

  /** Reads a length -> where what has it ends. */
  private end(end: number): number {
    const start = this.at;
    const length = this.varint(end);
    if (length < 0 || length > end - this.at) this.fail(`a length of at most ${end - this.at} bytes`, length, start);
    return this.at + length;
  }

  /** An integer of up to 64 bits with a sign, rounded beyond 2⁵³. */
  private varint(end: number): number {
    const start = this.at;
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) this.fail('the rest of a number', 'the end', start);
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return i < 7 ? value : this.long(start);
    }
    return this.fail('a number of at most 10 bytes', 'more', start);
  }

  /** The same for one of eight bytes or more, which ends before the next byte. */
  private long(start: number): number {
    let value = 0n;
    for (let i = start; i < this.at; i++) value |= BigInt(this.bytes[i] & 127) << BigInt(7 * (i - start));
    return Number(BigInt.asIntN(64, value));
  }
}
