import { crc32 } from 'node:zlib';
import { decodeRequestSlot, decodeTotal, encodeRequestSlot, encodeTotal, slotBytes, type RequestSlotContent, type TotalContent } from './slot.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';
import { halfBytes, halvesAreZero, readHalves } from './two-halves.ts';

const fileName = 'slots';
const replacementName = 'slots-new';
const headerBytes = 4096;
const pageBytes = 4096;
const magic = 0x54435453; // TCTS
const formatVersion = 1;

/** How many slots a file has, of each kind. */
export interface SlotCounts {
  readonly requests: number;
  readonly totals: number;
}

/** A slot that is in use, by its index among its kind. */
export interface Found<T> {
  readonly index: number;
  readonly content: T;
}

/**
 * The file of slots: running requests and no-log totals, each overwritten in place as two alternating halves.
 * It never grows and holds no history. libs/usage/README.md has the layout.
 *
 * Slots are written by page, once per tick (`flush`); what must be in order with others is written at once.
 */
export class SlotsFile {
  readonly counts: SlotCounts;
  readonly #file: SpoolFile;
  /** The file's content as it is, or will be with the next flush. */
  readonly #mirror: Buffer;
  /** Update number of each slot, requests first. */
  readonly #updates: Uint32Array;
  readonly #dirtyPages = new Set<number>();
  /** Of each page that is dirty: where in the file that begins and ends. */
  readonly #dirtyFrom: Uint32Array;
  readonly #dirtyTo: Uint32Array;
  /** True at first: the process before may have died between a write and its sync. */
  #unsynced = true;

  private constructor(file: SpoolFile, counts: SlotCounts, mirror: Buffer) {
    this.#file = file;
    this.counts = counts;
    this.#mirror = mirror;
    this.#updates = new Uint32Array(counts.requests + counts.totals);
    const pages = Math.ceil(mirror.length / pageBytes);
    this.#dirtyFrom = new Uint32Array(pages);
    this.#dirtyTo = new Uint32Array(pages);
    for (let slot = 0; slot < this.#updates.length; slot++) this.#updates[slot] = readHalves(mirror, placeOf(slot))?.update ?? 0;
  }

  /** Opens the slots of a spool with the counts that its file has; undefined when there is none. Throws an `Error` when it is damaged. */
  static open(files: SpoolFiles): SlotsFile | undefined {
    if (files.list().includes(replacementName)) files.remove(replacementName);
    if (!files.list().includes(fileName)) return undefined;
    const file = files.open(fileName);
    const mirror = Buffer.alloc(file.size);
    file.read(mirror, 0);
    const isOurs = mirror.length >= headerBytes && mirror.readUInt32BE(0) === magic && mirror.readUInt32BE(4) === formatVersion;
    if (!isOurs || mirror.readUInt32BE(16) !== crc32(mirror.subarray(0, 16))) throw new Error('the slots have no readable header');
    return new SlotsFile(file, { requests: mirror.readUInt32BE(8), totals: mirror.readUInt32BE(12) }, mirror);
  }

  /** Makes an empty file of slots, in place of the one that is there. */
  static create(files: SpoolFiles, counts: SlotCounts, totals: readonly TotalContent[] = []): SlotsFile {
    if (totals.length > counts.totals) throw new Error('the slots of no-log totals in use do not fit into so few');
    const mirror = Buffer.alloc(placeOf(counts.requests + counts.totals));
    mirror.writeUInt32BE(magic, 0);
    mirror.writeUInt32BE(formatVersion, 4);
    mirror.writeUInt32BE(counts.requests, 8);
    mirror.writeUInt32BE(counts.totals, 12);
    mirror.writeUInt32BE(crc32(mirror.subarray(0, 16)), 16);
    for (const [index, total] of totals.entries()) encodeTotal(mirror, placeOf(counts.requests + index), 0, total);
    const file = files.create(replacementName, mirror.length);
    file.write(mirror, 0, mirror.length, 0);
    file.syncNow();
    files.rename(replacementName, fileName);
    return new SlotsFile(file, counts, mirror);
  }

  /** Every request slot that is in use; `damaged` counts those that cannot be read. */
  readRequests(): { readonly found: Found<RequestSlotContent>[]; readonly damaged: number } {
    return this.#read(0, this.counts.requests, decodeRequestSlot);
  }

  readTotals(): { readonly found: Found<TotalContent>[]; readonly damaged: number } {
    return this.#read(this.counts.requests, this.counts.totals, decodeTotal);
  }

  /** Sets a request slot; the next flush writes it. */
  setRequest(index: number, content: RequestSlotContent): void {
    const [at, update] = this.#nextHalf(index);
    encodeRequestSlot(this.#mirror, at, update, content);
    this.#markDirty(at, halfBytes);
  }

  /** Frees a request slot; the next flush writes it. */
  clearRequest(index: number): void {
    const at = placeOf(index);
    this.#mirror.fill(0, at, at + slotBytes);
    this.#markDirty(at, slotBytes);
  }

  /** Frees a request slot at once. */
  clearRequestNow(index: number): void {
    this.clearRequest(index);
    this.#write(placeOf(index), slotBytes);
  }

  /** Sets a total; the next flush writes it. Once before each flush: a second time would overwrite the other half, too. */
  setTotal(index: number, total: TotalContent): void {
    const [at, update] = this.#nextHalf(this.counts.requests + index);
    encodeTotal(this.#mirror, at, update, total);
    this.#markDirty(at, halfBytes);
  }

  /** Sets a total at once. */
  setTotalNow(index: number, total: TotalContent): void {
    const [at, update] = this.#nextHalf(this.counts.requests + index);
    encodeTotal(this.#mirror, at, update, total);
    this.#write(at, halfBytes);
  }

  /** Frees a total at once. */
  clearTotalNow(index: number): void {
    const at = placeOf(this.counts.requests + index);
    this.#mirror.fill(0, at, at + slotBytes);
    this.#write(at, slotBytes);
  }

  /** Writes what changed, with one write for each page. Throws when the disk does. */
  flush(): void {
    if (this.#dirtyPages.size === 0) return;
    for (const page of this.#dirtyPages) {
      const from = this.#dirtyFrom[page] as number;
      this.#write(from, (this.#dirtyTo[page] as number) - from);
    }
    this.#dirtyPages.clear();
  }

  /** The file if it has writes that were not synced; it counts as synced from now on. */
  takeUnsynced(): SpoolFile[] {
    if (!this.#unsynced) return [];
    this.#unsynced = false;
    return [this.#file];
  }

  close(): void {
    this.#file.close();
  }

  /** No slot lies on two pages. */
  #markDirty(at: number, bytes: number): void {
    const page = Math.floor(at / pageBytes);
    const isFirst = !this.#dirtyPages.has(page);
    if (isFirst) this.#dirtyPages.add(page);
    if (isFirst || at < (this.#dirtyFrom[page] as number)) this.#dirtyFrom[page] = at;
    if (isFirst || at + bytes > (this.#dirtyTo[page] as number)) this.#dirtyTo[page] = at + bytes;
  }

  #write(at: number, bytes: number): void {
    this.#file.write(this.#mirror, at, at + bytes, at);
    this.#unsynced = true;
  }

  /** Where the next half of a slot goes, and its update number. */
  #nextHalf(slot: number): [at: number, update: number] {
    const update = ((this.#updates[slot] ?? 0) + 1) >>> 0;
    this.#updates[slot] = update;
    return [placeOf(slot) + (update & 1) * halfBytes, update];
  }

  #read<T>(first: number, count: number, decode: (half: Buffer) => T | undefined): { found: Found<T>[]; damaged: number } {
    const found: Found<T>[] = [];
    let damaged = 0;
    for (let index = 0; index < count; index++) {
      const at = placeOf(first + index);
      if (halvesAreZero(this.#mirror, at)) continue;
      const newest = readHalves(this.#mirror, at);
      const content = newest && decode(newest.half);
      if (content === undefined) damaged++;
      else found.push({ index, content });
    }
    return { found, damaged };
  }
}

function placeOf(slot: number): number {
  return headerBytes + slot * slotBytes;
}
