import { projects } from '../../state/projects.js';

/** Chooses the project that a rule belongs to, or the whole server. */
export function ScopeField(props: { readonly scope: string; readonly choose: (scope: string) => void }) {
  const { scope, choose } = props;
  return (
    <label>
      Scope
      <select value={scope} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">Whole server</option>
        {projects.value.map(({ id, name }) => (
          <option value={id} key={id}>{`Project ${name}`}</option>
        ))}
      </select>
    </label>
  );
}
