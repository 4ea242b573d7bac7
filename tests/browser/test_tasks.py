"""What people do with a task in a real browser: log in, err, leave, come back, switch language."""

from __future__ import annotations

from tests.browser.conftest import PHONE, Site, Visit, Visits, start_case


def test_a_person_logs_in_and_finds_the_task(site: Site, visits: Visits):
    from hr.demo.cast import DEMO_PASSWORD

    start_case(site)
    visitor = visits(site, width=PHONE)
    visitor.go("/?q=sari")
    visitor.page.fill("#username", "emp")
    visitor.page.fill("#password", "salah")
    visitor.press("Masuk")
    assert "tidak cocok" in visitor.page.locator("main").inner_text()
    visitor.page.fill("#password", DEMO_PASSWORD)
    visitor.press("Masuk")
    assert visitor.page.url.endswith("/?q=sari")
    assert visitor.page.get_by_role("link", name="Usulkan tiga rekan").is_visible()
    assert visitor.trouble == []


def test_an_error_leads_to_its_field_and_a_draft_survives(site: Site, visits: Visits):
    start_case(site)
    visitor = visits(site, "EMP", width=PHONE)
    visitor.open_task("Usulkan")
    visitor.fill(note="Hanya satu yang sedang bertugas.")
    visitor.send()
    link = visitor.page.locator("#al-summary a").first
    link.click()
    assert visitor.page.evaluate("document.activeElement.name") == "peers"
    assert visitor.page.locator("[name='note']").input_value().startswith("Hanya satu")
    visitor.fill(peers=["4"])
    # The draft saves itself when the person leaves the form.
    with visitor.page.expect_response(lambda r: "/tasks/" in r.url and r.status == 200):
        visitor.page.locator(".al-name").focus()
    visitor.page.locator("#draft-status", has_text="Tersimpan").wait_for()
    again = visits(site, "EMP")
    again.open_task("Usulkan")
    assert again.page.locator("[name='peers'][value='4']").is_checked()
    assert "Diterima" in again.send()
    assert visitor.trouble == again.trouble == []


def test_the_language_switches_on_the_page_one_is_on(site: Site, visits: Visits):
    start_case(site)
    visitor = visits(site, "EMP")
    visitor.open_task("Usulkan")
    visitor.press("English")
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    assert visitor.page.get_by_role("heading", name="Propose three colleagues").is_visible()
    assert visitor.page.get_by_text("Colleagues you propose").is_visible()
    visitor.press("Indonesia")
    assert visitor.page.get_by_role("heading", name="Usulkan tiga rekan penilai").is_visible()


def test_everything_can_be_done_with_the_keyboard(site: Site, visits: Visits):
    start_case(site)
    visitor = visits(site, "EMP")
    visitor.go("/")
    visitor.page.keyboard.press("Tab")
    assert "Langsung ke isi" in visitor.page.evaluate("document.activeElement.textContent")
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("j")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    for value in ("4", "5", "6"):
        visitor.page.locator(f"[name='peers'][value='{value}']").focus()
        visitor.page.keyboard.press("Space")
    visitor.page.locator(".al-actions button[value='complete']").focus()
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    assert "Diterima" in visitor.page.locator("main").inner_text()


def test_on_a_phone_the_picture_opens_where_the_case_stands(site: Site, visits: Visits):
    """With the script at once; without it, and with the keyboard alone, by a link."""
    case = start_case(site).instance_id
    visitor = visits(site, "EMP", width=PHONE)
    visitor.go(f"/cases/{case}")
    assert is_in_sight(visitor)
    visitor.page.locator(".al-picture").evaluate("e => e.scrollTo(2000, 2000)")
    assert not is_in_sight(visitor)
    visitor.page.locator(".al-picture-note a").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**#al-here")
    assert is_in_sight(visitor)
    visitor.page.locator(".al-picture").focus()
    assert visitor.page.evaluate("document.activeElement.className") == "al-picture"


def is_in_sight(visitor: Visit) -> bool:
    """Tell whether the middle of the current step lies within the picture's box."""
    return bool(
        visitor.page.locator(".al-picture").evaluate(
            """box => {
              const frame = box.getBoundingClientRect();
              const step = box.querySelector(".al-current").getBoundingClientRect();
              const x = (step.left + step.right) / 2, y = (step.top + step.bottom) / 2;
              return frame.left < x && x < frame.right && frame.top < y && y < frame.bottom;
            }"""
        )
    )


def test_the_picture_of_the_case_comes_to_the_task_when_it_is_wanted(site: Site, visits: Visits):
    start_case(site)
    visitor = visits(site, "EMP", width=PHONE)
    visitor.open_task("Usulkan")
    place = visitor.page.locator("details[data-picture]")
    assert place.locator("a").get_attribute("href").endswith("#al-here")  # without a script
    place.locator("summary").click()
    place.locator(".al-picture .al-current").first.wait_for()
    visitor.picture("task_with_picture")
    assert visitor.check_page() == []
    assert visitor.trouble == []
