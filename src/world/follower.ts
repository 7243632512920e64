/** Who keeps in memory what belongs to projects. It is told of what has become of them, once that is committed. */
export interface WorldFollower {
  /** Of how many projects, or the like, it keeps something. */
  readonly size: number;
  /** Lets go of what belongs to the projects and organizations of whom `isGone` holds. */
  letGo(isGone: (id: string) => boolean): void;
  /** Reads anew what it has of the database, which holds another state. */
  reload?(): void;
}
