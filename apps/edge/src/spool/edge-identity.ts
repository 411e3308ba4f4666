import { halfBytes, readHalves, sealHalf } from './two-halves.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';

const fileName = 'identity';
const magic = 0x54435449; // TCTI

/**
 * Who an edge is: 16 random bytes made with its spool folder, and the epoch of this run. libs/usage/README.md
 * has the file's layout.
 */
export class EdgeIdentity {
  /** 16 bytes. */
  readonly edgeId: Buffer;
  readonly #file: SpoolFile;
  #epoch: number;
  #update: number;

  private constructor(file: SpoolFile, edgeId: Buffer, epoch: number, update: number) {
    this.#file = file;
    this.edgeId = edgeId;
    this.#epoch = epoch;
    this.#update = update;
  }

  /** Opens the identity of a folder, or makes one. `random`: 16 bytes. Throws an `Error` when the file is damaged. */
  static open(files: SpoolFiles, random: () => Buffer): EdgeIdentity {
    if (!files.list().includes(fileName)) {
      const identity = new EdgeIdentity(files.create(fileName, 2 * halfBytes), random(), 0, 0);
      identity.#write();
      return identity;
    }
    const file = files.open(fileName);
    const bytes = Buffer.alloc(2 * halfBytes);
    file.read(bytes, 0);
    const newest = readHalves(bytes, 0);
    // Without its identity an edge cannot know which records are its own: making another would lose them.
    if (newest === undefined || newest.half.readUInt32BE(0) !== magic) throw new Error('the spool has no readable identity');
    const { half, update } = newest;
    return new EdgeIdentity(file, Buffer.from(half.subarray(16, 32)), half.readUInt32BE(8), update);
  }

  /** The epoch of this run; 0 before the first `raiseEpoch`. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Begins the next epoch, durably. */
  raiseEpoch(): number {
    this.#epoch++;
    this.#write();
    return this.#epoch;
  }

  close(): void {
    this.#file.close();
  }

  #write(): void {
    const half = Buffer.alloc(halfBytes);
    half.writeUInt32BE(magic, 0);
    half.writeUInt32BE(this.#epoch, 8);
    half.set(this.edgeId, 16);
    this.#update++;
    sealHalf(half, 0, this.#update);
    this.#file.write(half, 0, halfBytes, (this.#update & 1) * halfBytes);
    this.#file.syncNow();
  }
}
