/** Something that holds data of projects in memory. */
export interface ProjectCache {
  /** Number of projects, or the like, of which it holds something. */
  readonly retained: number;
  /** Drops what belongs to projects and organizations that were removed. Called after the commit. */
  evict(isGone: (id: string) => boolean): void;
  /** Reads what it holds of the database again, after another state was put in its place. */
  reload?(): void;
}
