import { readFixture } from '../version.js';

/** The two behaviours that are served. An organization has one of them. */
export const PROFILE_NAMES = ['documented', 'observed'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** A key of an error's body. */
export type ErrorKey = 'detail' | 'error' | 'errorCode' | 'parameters' | 'reason';

/** How an organization's projects answer, as far as all resources share it. */
export interface Profile {
  readonly name: ProfileName;
  /** The keys of an error's body, in order. */
  readonly errorKeys: readonly ErrorKey[];
  /**
   * Whether responses have Atlas's own headers: `X-Error-Code`; to known callers, `X-Java-Method` with the method that
   * served the request; and `RateLimit-*` for successes and most 400, 404 and 409.
   */
  readonly atlasHeaders: boolean;
  /**
   * Headers of each answer to a known caller, except the content type. Recorded, without Strict-Transport-Security: that
   * would pin a developer's browser to https on localhost.
   */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Headers that come with `Allow`. */
  readonly allowHeaders: Readonly<Record<string, string>>;
  /** Whether a digest may be made for the path of the request line without its query or the base path of the API. */
  readonly takesPartialDigestUri: boolean;
  /** Whether a parameter of a path that does not match its pattern is refused for that. */
  readonly refusesMalformedParameters: boolean;
  /** Whether a project that was deleted can be deleted again (inferred from the provider's acceptance tests). */
  readonly repeatsDeletion: boolean;
  /** Whether an error that a fault rule asks for has the source page's own body, where the page shows one. */
  readonly pageBodies: boolean;
}

/** The profiles: Atlas as recorded traffic and client sources show it, and as the source page documents it. */
export const profiles = readFixture('profiles.json') as Readonly<Record<ProfileName, Profile>>;
