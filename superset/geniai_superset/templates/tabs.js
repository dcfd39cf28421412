/* A link to a tab of the same page turns to it. Superset reads the tab's name in an address only when
   it loads a page, and then forgets the filters. */
addEventListener("click", event => {
  const link = event.target.closest?.('a[href*="#TAB-"]');
  const tab = link && document.querySelector(`.ant-tabs-tab[data-node-key="${link.hash.slice(1)}"]`);
  if (!tab) return;
  event.preventDefault();
  tab.click();
  scrollTo(0, 0);
}, true);
