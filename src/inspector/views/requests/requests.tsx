import { useSignalEffect } from '@preact/signals';
import { route } from '../../state/route.js';
import { allRows } from '../../state/rows.js';
import { EmptyPage } from './empty-page.js';
import { RequestDetail } from './detail.js';
import { RequestList } from './list.js';
import { Toolbar } from './toolbar.js';

/** The requests as they come, and one of them in detail. */
export function RequestsView() {
  const { item } = route.value;
  // A request that is opened by its address needs no list.
  useSignalEffect(() => {
    document.documentElement.classList.toggle('has-detail', route.value.item !== '');
  });
  if (allRows().length === 0 && item === '') return <EmptyPage />;
  return (
    <div class={item === '' ? 'split' : 'split open'}>
      <section class="pane list-pane" aria-label="Requests">
        <h1 class="offscreen">Requests</h1>
        <Toolbar />
        <RequestList />
      </section>
      {item !== '' && <RequestDetail seq={Number(item)} key={item} />}
    </div>
  );
}
