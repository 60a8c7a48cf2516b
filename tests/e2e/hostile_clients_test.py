"""./deploy/campaign http at a small size: what it promises, but for times."""

import importlib.machinery
import importlib.util
import unittest

from daemon import MODEL, ROOT, Daemon

PATH = str(ROOT / "deploy/campaigns/http")
LOADER = importlib.machinery.SourceFileLoader("http_campaign", PATH)
campaign = importlib.util.module_from_spec(importlib.util.spec_from_loader(LOADER.name, LOADER))
LOADER.exec_module(campaign)


@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class HostileClientsTest(unittest.TestCase):
    def setUp(self):
        campaign.missed.clear()
        campaign.SLOW_CLIENTS = 50
        campaign.DISCONNECTS = 40
        campaign.RESTARTS = 4
        campaign.IDLE_CONNECTIONS = 200

    def test_slow_clients_keep_nobody_waiting(self):
        daemon = Daemon()
        try:
            with campaign.SlowClients(daemon):
                self.assertTrue(campaign.health_times(daemon, 0.5))
                self.assertEqual(daemon.post("/v1/completions", {"prompt": "a"})[0], 200)
        finally:
            daemon.close()

    def test_one_connection_too_many_gets_503(self):
        campaign.idle()
        self.assertEqual(campaign.missed, [])

    def test_disconnects_leave_no_slot_and_no_page(self):
        campaign.disconnects()
        self.assertEqual(campaign.missed, [])

    def test_restarts_lose_no_applied_edit(self):
        campaign.restart()
        self.assertEqual(campaign.missed, [])


if __name__ == "__main__":
    unittest.main()
