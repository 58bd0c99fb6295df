/** Shows the sidebar; `section` opens one of its sections. */
export const SHOW_SIDEBAR = 'hepbatch:show-sidebar';
