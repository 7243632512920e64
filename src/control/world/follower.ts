/** Who keeps in memory what belongs to projects. It is told which are gone, once that is committed. */
export interface WorldFollower {
  /** Of how many projects, or the like, it keeps something. */
  readonly size: number;
  /** Lets go of what belongs to the projects and organizations of whom `isGone` holds. */
  letGo(isGone: (id: string) => boolean): void;
}
