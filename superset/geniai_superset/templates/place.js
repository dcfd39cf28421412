/* Going back from a lead's page returns to the tab and the row that led there. The address keeps the
   filters, the search and the list's page; neither it nor the browser keeps these two, because no
   page is stored and its rows arrive late. */
(() => {
  const key = `geniai.place ${location.pathname}`;
  const links = 'a[href^="/superset/dashboard/lead/"]';
  const tabs = () => [...document.querySelectorAll(".dashboard-component-tabs .ant-tabs-tab")];
  const isActive = tab => tab.matches(".ant-tabs-tab-active");

  addEventListener("click", ({ target }) => {
    const link = target.closest?.(links);
    if (!link) return;
    const { top } = link.getBoundingClientRect();
    const place = { tab: tabs().findIndex(isActive), href: link.getAttribute("href"), top };
    sessionStorage.setItem(key, JSON.stringify(place));
  }, true);

  const place = JSON.parse(sessionStorage.getItem(key));
  if (!place || performance.getEntriesByType("navigation")[0].type !== "back_forward") return;

  const findLink = () => [...document.querySelectorAll(links)].find(
    link => link.getAttribute("href") === place.href && link.offsetParent);
  let isTurned = false;
  const restore = () => {
    const tab = tabs()[place.tab];
    if (tab && !isTurned) {
      isTurned = true;
      tab.click();
    }
    const link = findLink();
    if (link) scrollBy(0, link.getBoundingClientRect().top - place.top);
  };
  // charts above the row move it until they are drawn
  const timer = setInterval(restore, 100);
  const stop = () => clearInterval(timer);
  setTimeout(stop, 10_000);
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(name, stop, { once: true });
  }
})();
